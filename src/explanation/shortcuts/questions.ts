/**
 * Pretext questions one by one, each with one right answer, and the network's answers to them, changed or not.
 * @module
 */
import { SondeError } from '../../base/errors.ts';
import type { Random } from '../../base/random.ts';
import type { FrameStore } from '../../data/media.ts';
import { largest } from '../../pretext/classification.ts';
import type { CompiledProgram } from '../../runtime/program.ts';
import { hostArray } from '../../tensor/host-array.ts';
import { pictureInput } from '../attribution/pretext-target.ts';
import { type InputLayout, inputLength, layoutOf } from '../attribution/target.ts';
import type { PretextNetwork, QuestionBatch } from '../pretext-network.ts';
import { reorderedFrames } from '../reordered-frames.ts';
import { correlationOf, greyPlane } from './planes.ts';
import type { Question } from './shortcut.ts';

export class Questioner {
  readonly network: PretextNetwork;
  /** Of one question. */
  readonly layout: InputLayout;
  /** Answers there are. */
  readonly classes: number;
  /** Questions in a batch. */
  readonly rows: number;
  readonly #picture: string;
  #program: Promise<CompiledProgram> | undefined;

  /** Throws `graph/unsupported` where questions have no answer each to choose. */
  constructor(network: PretextNetwork) {
    const { logits } = network.outputs;
    const { method, trunk } = network.run.configuration;
    if (logits === undefined) {
      throw new SondeError('graph/unsupported', `${method.card.title} does not answer by choosing among classes`);
    }
    this.network = network;
    this.#picture = pictureInput(network);
    const whole = layoutOf(network.inputs[this.#picture].shape.slice(1), trunk.rank);
    [this.rows, this.classes] = logits.shape;
    const each = this.rows / network.batchSize;
    if (!Number.isInteger(each) || whole.views % each !== 0) {
      throw new SondeError(
        'graph/unsupported',
        `${method.card.title} gives answers to parts of pictures, not to questions`,
      );
    }
    this.layout = { ...whole, views: whole.views / each };
  }

  /** Batches of questions about items of a store, `undefined` where the sampler refuses what the store shows. */
  ask(store: FrameStore, items: readonly number[], count: number, random: Random): QuestionBatch[] {
    return Array.from({ length: Math.ceil(count / this.rows) }, (_, round) =>
      this.network.ask(store, items, random.split('questions', round)),
    );
  }

  /** The pictures of a batch, question by question. */
  pictures({ arrays }: QuestionBatch): Float32Array[] {
    const length = inputLength(this.layout);
    const data = arrays[this.#picture].data as Float32Array;
    return Array.from({ length: this.rows }, (_, row) => data.slice(row * length, (row + 1) * length));
  }

  /** The questions of a batch and what the network answers to each. */
  async answered(batch: QuestionBatch): Promise<{ readonly questions: Question[]; readonly given: number[] }> {
    const { questions, logits } = await this.judged(batch);
    return { questions, given: this.#chosen(logits) };
  }

  /** The questions of a batch and the network's logits, row-major `[rows, classes]`. */
  async judged(batch: QuestionBatch): Promise<{ readonly questions: Question[]; readonly logits: Float32Array }> {
    const { logits, classes } = await this.network.answer(await this.#compiled(), batch.arrays);
    const right = Array.from(classes.data as ArrayLike<number | bigint>, Number);
    const each = this.rows / this.network.batchSize;
    const questions = this.pictures(batch).map((data, row) => ({
      data,
      answer: right[row],
      patient: batch.patients[Math.floor(row / each)],
    }));
    return { questions, logits: (logits.data as Float32Array).slice() };
  }

  /** What the network answers when the pictures of a batch are replaced. */
  async answersTo({ arrays }: QuestionBatch, pictures: readonly Float32Array[]): Promise<number[]> {
    const { shape } = arrays[this.#picture];
    const length = inputLength(this.layout);
    const data = new Float32Array(length * this.rows);
    pictures.forEach((picture, row) => {
      data.set(picture, row * length);
    });
    const replaced = { ...arrays, [this.#picture]: hostArray('float32', shape, data) };
    const { logits } = await this.network.answer(await this.#compiled(), replaced);
    return this.#chosen(logits.data as Float32Array);
  }

  /**
   * Whether the parts of a question are moments of one clip: of a clip that stands still they are all the same, or the
   * sampler finds no question to ask.
   */
  temporal(store: FrameStore, items: readonly number[], random: Random): boolean {
    const { views, frames } = this.layout;
    if (!items.some((item) => store.index.items[item].kind === 'clip' && store.sizeOf(item)[0] > 1)) return false;
    if (frames > 1) return true;
    if (views < 2) return false;
    const still = reorderedFrames(store, 'frozen', random);
    let batch: QuestionBatch;
    try {
      [batch] = this.ask(still, items, 1, random);
    } catch (error) {
      if (error instanceof SondeError && error.code === 'data/unsuitable') return true;
      throw error;
    }
    const alike = this.pictures(batch).filter((data) => {
      const first = greyPlane(data, this.layout, 0);
      return Array.from({ length: views }, (_, view) => view).every(
        (view) => correlationOf(first, greyPlane(data, this.layout, view)) > 0.99,
      );
    });
    return alike.length > 0.8 * this.rows;
  }

  async release(): Promise<void> {
    await (await this.#program)?.dispose();
  }

  #compiled(): Promise<CompiledProgram> {
    const { logits, classes } = this.network.outputs;
    this.#program ??= this.network.compile('audit', { logits, classes });
    return this.#program;
  }

  #chosen(logits: Float32Array): number[] {
    const { classes } = this;
    return Array.from({ length: this.rows }, (_, row) => largest(logits.subarray(row * classes, (row + 1) * classes)));
  }
}
