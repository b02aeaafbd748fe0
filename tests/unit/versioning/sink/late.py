"""What is imported only when it is needed."""

CONSTANT = 31


def late():
    return "late" + str(CONSTANT)
