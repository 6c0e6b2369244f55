"""What every kind is asked for its pages."""

from .. import words


class Kind:
    """Answers for the definitions of one kind; everything here may be said otherwise.

    What `readings` returns is kept with the picture until the source changes, so it is plain data;
    `table` makes of it what the page shows.
    """

    room = ""  # of its shelf
    works_on = ""  # what it is applied to, in a few words
    checked_in = ""  # the file of the tests that checks what is claimed of it
    about = ""  # what is said behind the name of a check, where two files have one of that name
    quantities = ("value", "gradient")  # of which the tests hold a number of digits
    derivatives = "A worked example"  # heading over the table
    derived = (
        "Derivatives, and a worked example"  # heading over formulas of derivatives with the table
    )
    # What is said below code of several libraries.
    same_code = (
        "All of it takes NumPy arrays y_true and y_pred in double precision and gives the same "
        "number; the tests run it as it is printed, where the library is installed."
    )

    def use(self, made):
        """The line of code that gives the number of what the line `made` makes."""
        raise NotImplementedError

    def figure(self, definition):
        """The live figure, or None."""
        return None

    def picture(self, scene):
        """The panel of the figure that stands for it in the index."""
        return scene.panels[0]

    def readings(self, definition):
        """Numbers for the table."""
        raise NotImplementedError

    def table(self, found):
        """``{"head": names of columns, "rows": …, "before": sentence}`` of the readings."""
        raise NotImplementedError

    def digits(self, definition):
        """Readings of the textbook formula in doubles: see `digits`."""
        return ()

    def facts(self, cls):
        """[(name, text)] for the head of the page."""
        return []

    def quantities_of(self, cls):
        """Those of `quantities` that a class has."""
        return self.quantities

    def beyond(self, cls):
        """A sentence on what it has besides, or lacks, as HTML."""
        return ""

    def note(self, cls):
        """What is said below the formula."""
        return ""


def line(values, digits=3):
    """`(1, 0.5)`, or a number."""
    if not isinstance(values, list):
        return words.number(float(values), digits + 1)
    return "(" + ", ".join(words.number(float(v), digits) for v in values) + ")"
