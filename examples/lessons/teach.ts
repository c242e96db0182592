/**
 * What the lessons share on the command line.
 * @module
 */
import { lessonText, writeLesson } from '../../scripts/learning-record.ts';
import { type Lesson, runLesson } from '../../src/studies/lesson.ts';
import { studyCommand } from '../study-command.ts';

const help = (id: string) => `node --import tsx examples/lessons/${id}.ts [options]

  --seeds N         seeds of each variant (default 4)
  --quick           two seeds and a third of the arithmetic, to see it run
  --compute G       billions of multiply-adds a training may take (default 60)
  --threads N       of the training step (default 1)
  --directory DIR   where trials are kept (default: in the cache folder); those done are not done again
  --record          write the result into docs/lessons.json and docs/lessons.md
  --json            the result as JSON
`;

/** Runs a lesson as the command line asks, and prints what came of it. */
export async function teach(lesson: Lesson): Promise<void> {
  const command = studyCommand(help(lesson.id), 4);
  if (command === undefined) return;
  const { options, json, record, given } = command;
  const result = await runLesson(lesson, options);
  command.end();
  if (result === undefined) {
    process.exitCode = 130;
    return;
  }
  console.log(json ? JSON.stringify(result, null, 2) : lessonText(result));
  if (record) writeLesson(result, given);
}
