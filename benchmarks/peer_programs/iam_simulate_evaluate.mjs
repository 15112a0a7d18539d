// iam-simulate: one request evaluated, with runSimulation as its README says. Called as
// `node iam_simulate_evaluate.mjs MODULE LINES`: lines of `verifier batch` (`evaluate`); a line {"said": ...} for each.
import { createInterface } from 'node:readline'
import { createReadStream } from 'node:fs'
import { pathToFileURL } from 'node:url'

const { runSimulation } = await import(pathToFileURL(process.argv[2]))
const words = { Allowed: 'allowed', ExplicitlyDenied: 'explicit-deny', ImplicitlyDenied: 'implicit-deny' }
const full = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] }

async function answer(line) {
  const { policies, request } = JSON.parse(line)
  const found = await runSimulation(
    {
      identityPolicies: policies.map((policy, place) => ({ name: `policy-${place}`, policy })),
      serviceControlPolicies: [{ orgIdentifier: 'r-root', policies: [{ name: 'full', policy: full }] }],
      resourceControlPolicies: [],
      request: {
        action: request.action,
        principal: request.principal,
        resource: { resource: request.resource, accountId: '111122223333' },
        contextVariables: request.context
      }
    },
    {}
  )
  if (found.resultType === 'error') return `error: ${JSON.stringify(found.errors).slice(0, 160)}`
  return words[found.overallResult] ?? found.overallResult
}

for await (const line of createInterface({ input: createReadStream(process.argv[3]) })) {
  const said = await answer(line).catch((error) => `error: ${error.message}`)
  console.log(JSON.stringify({ said }))
}
