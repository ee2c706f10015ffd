"""How change travels: the environments, the pipeline that carries them, and what its steps need."""
