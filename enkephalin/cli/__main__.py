"""``python -m enkephalin.cli`` does what ``enkephalin`` does."""

from . import main

if __name__ == "__main__":
    main()
