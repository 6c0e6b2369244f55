// The questions of a chapter: guesses before a section opens, quizzes, and exercises that the page can check.
// Without this script, and in print, everything is simply shown.

import { allShown, panel } from "./panel.js";
import { exercise } from "./exercise.js";
import { predict } from "./predict.js";
import { quiz } from "./quiz.js";
import { openTarget } from "./veil.js";

if (!allShown()) for (const box of document.querySelectorAll(".losslab-predict")) predict(box);
for (const box of document.querySelectorAll(".losslab-quiz")) quiz(box);
for (const box of document.querySelectorAll(".losslab-exercise")) exercise(box);
panel();
openTarget();
addEventListener("hashchange", openTarget);
