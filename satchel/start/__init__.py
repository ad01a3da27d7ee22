"""The demo's start page: what Satchel is, told in five steps that one can click, with the logins that it takes."""
