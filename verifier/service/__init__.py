"""What the verifier does, without a word of HTTP: take in, judge, keep, and hold the list of recognised issuers.

inputs       what was handed in; refusals: why some of it cannot be checked
obtaining    from a link to a document
judging      from a document to a stored verdict; memory: what earlier verdicts taught;
                 verdicts: the value that is stored; findings: what is read off documents and reports
capacity     how many at once
recognition  the list of recognised issuers; lookalikes: names that imitate one on it
"""
