"""`python -m sangam_local`."""

from sangam_local.cli import main

main()
