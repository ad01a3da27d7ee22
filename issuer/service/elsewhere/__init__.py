"""Awards for wallets elsewhere: the client's side of the Open Badges API, as far as it writes (consumer write).

descriptions  what a host says of itself, read strictly: everything it names lies at one origin
grants        registration, and the authorization code grant with PKCE, as requests and answers
answers       what a host answered to an award, in words
hosts         being known at a host, going there, coming back
pushes        sending, again where it did not arrive

Who may start it: the learner who is of age, or a guardian, from the claim link, and only where the organisation has
said into whose hands it gives links and codes. The tokens that a host gives are used for one award and then erased.

Spec: https://www.imsglobal.org/spec/ob/v3p0#api
"""
