"""Awards that come from elsewhere: the wallet as a host by the APIs of Open Badges 3.0 and of the Comprehensive Learner
Record 2.0.

apis         the two APIs, their scopes, and what somebody has to be trusted with to grant one (pure)
words        the scopes as people read them
clients      programs that register themselves
asking       what a program asks for when it sends somebody here, read strictly (pure)
consenting   who is asked, and what the answer is
tokens       codes and tokens: once, rotated, ended together
connections  what a family sees of it, and decides later
serving      what a program with a token reads and writes
services     all of them, built together
exporting    what the family's archive says of it

Rules. A program may do for a learner what somebody allowed who may do it themself, and only as long as they may: the
rights of whoever said yes are looked up anew for every request. A minor can ask; a guardian says yes. What arrives is
verified like everything else, and comes back byte for byte. What the family put away, nobody puts back from outside.

Spec: https://www.imsglobal.org/spec/ob/v3p0#api
Spec: https://www.imsglobal.org/spec/clr/v2p0#api
"""
