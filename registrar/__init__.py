"""The registrar: the accredited program that will decide on credits and compile transcripts. So far a front door."""
