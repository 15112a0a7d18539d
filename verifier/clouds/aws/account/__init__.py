"""An account as one object: its principals, and the documents that decide what each of them may do."""
