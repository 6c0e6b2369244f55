"""Questions that a reader answers in the page: guesses before a section opens, quizzes, checked exercises.

The page's side is frontend/src/questions. Where no script runs, everything is simply shown.
"""

from losslab_book.questions import answers, unanswered, veils
from losslab_book.questions.script import add_script


def setup(app):
    answers.setup(app)
    unanswered.setup(app)
    veils.setup(app)
    app.connect("html-page-context", add_script)
