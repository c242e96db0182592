import assert from 'node:assert/strict';
import test from 'node:test';
import { type Lesson, type LessonOptions, runLesson } from './lesson.ts';
import { PhantomTasks } from './phantom-tasks.ts';

const lesson: Lesson = {
  id: 'turns',
  title: 'Turns',
  method: 'rotation',
  variants: { four: {}, eight: { rotations: 'eight' } },
  claims: [{ of: 'probe', better: 'four', worse: 'nine', paper: 'four are best' }],
};
const options: LessonOptions = { seeds: [0], compute: 1, directory: 'nowhere', tasks: new PhantomTasks() };

test('a claim about a variant that there is not is refused before anything is trained', async () => {
  await assert.rejects(runLesson(lesson, options), /no variant 'nine'.*four, eight/s);
});
