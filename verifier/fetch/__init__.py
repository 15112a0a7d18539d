"""An account of AWS, fetched into a folder by calls that only read: `verifier fetch-account`. Needs the extra `aws`.

    calls.py            what a call is, and a chain of calls; those that every account needs
    chains.py           the tables: which services have resource policies, and what runs as which role
    permissions.py      the policy that whoever asks needs, made from the tables
    aws_session.py      boto3: sessions, pages, retries, errors; the one module that imports it
    dump.py             users, groups, roles and policies
    organization.py     the levels of SCPs and RCPs above the account
    resource_policies.py, services.py   what two of the files hold
    account_folder.py   the folder: whole files only, and what is known already
    compose.py          the files, of the parts that are known
    fetch.py            one account: what is asked, in which order, and what is written; read this one first
    accounts.py         which accounts, and as whom

Nothing is called that does not stand in the tables, so the policy of `permissions.py` covers every call. What could not
be read is told in `fetched.json`, with the reason, and never taken for something that is not there.
"""
