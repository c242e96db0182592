/**
 * Compiles a program for a backend and runs it over shared state.
 * @module
 */
import { SondeError } from '../base/errors.ts';
import { formatShape, sameShape } from '../base/shape.ts';
import type { Tensor } from '../graph/tensor.ts';
import { type HostArray, zeros } from '../tensor/host-array.ts';
import type { Backend, Binding, Executable } from './backends/backend.ts';
import { overwritable } from './in-place.ts';
import type { CompiledProgram, CompileOptions, Feeds, Program } from './program.ts';
import type { State } from './state.ts';

/** Distinguishes next values of state from ordinary outputs of an executable. */
const nextName = (name: string) => `next:${name}`;

/**
 * Makes a program ready to run. The state must hold an entry for every piece the program uses.
 * @throws SondeError when shapes of state and program disagree, or the backend cannot run an operator
 */
export async function compile(
  program: Program,
  state: State,
  backend: Backend,
  options: CompileOptions = {},
): Promise<CompiledProgram> {
  const inputs: Record<string, Tensor> = { ...program.inputs };
  const outputs: Record<string, Tensor> = { ...program.outputs };
  const constants = new Map<Tensor, HostArray>();
  for (const { name, tensor, next } of program.state) {
    checkEntry(name, tensor, state.get(name));
    if (program.frozen) {
      constants.set(tensor, state.get(name));
      continue;
    }
    inputs[name] = tensor;
    if (next !== undefined) outputs[nextName(name)] = next;
  }
  const executable = await backend.compile(program.name, inputs, outputs, { ...options, constants });
  return new StatefulProgram(program.frozen ? { ...program, state: [] } : program, state, executable);
}

function checkEntry(name: string, tensor: Tensor, value: HostArray): void {
  if (value.dtype === tensor.dtype && sameShape(value.shape, tensor.shape)) return;
  throw new SondeError('shape/mismatch', `state ${name} does not fit the program`, {
    expected: `${tensor.dtype} ${formatShape(tensor.shape)}`,
    found: `${value.dtype} ${formatShape(value.shape)}`,
  });
}

class StatefulProgram implements CompiledProgram {
  readonly name: string;
  readonly #program: Program;
  readonly #state: State;
  readonly #executable: Executable;
  readonly #outputs: Record<string, HostArray>;
  readonly #overwritten: ReadonlySet<string>;
  readonly #bindings = new Map<string, Binding>();
  readonly #feedNumbers = new WeakMap<HostArray['data'], number>();
  #feedCount = 0;

  constructor(program: Program, state: State, executable: Executable) {
    this.name = program.name;
    this.#program = program;
    this.#state = state;
    this.#executable = executable;
    this.#overwritten = overwritable(program);
    this.#outputs = Object.fromEntries(
      Object.entries(program.outputs).map(([name, { dtype, shape }]) => [name, zeros(dtype, shape)]),
    );
  }

  async run(feeds: Feeds): Promise<Readonly<Record<string, HostArray>>> {
    await this.#executable.run(this.#binding(feeds));
    for (const { name, next } of this.#program.state) {
      if (next !== undefined && !this.#overwritten.has(name)) this.#state.advance(name);
    }
    return this.#outputs;
  }

  async dispose(): Promise<void> {
    for (const binding of this.#bindings.values()) binding.release();
    this.#bindings.clear();
    await this.#executable.release();
  }

  /** One binding for each combination of fed arrays and sides of the state: few, and each is made once. */
  #binding(feeds: Feeds): Binding {
    const key = [
      ...Object.keys(this.#program.inputs).map((name) => this.#numberOf(this.#checked(name, feeds))),
      ...this.#program.state.map(({ name }) => this.#state.side(name)),
    ].join();
    const known = this.#bindings.get(key);
    if (known !== undefined) return known;
    if (this.#bindings.size >= 16) this.#forgetOldest();
    const inputs: Record<string, HostArray> = {};
    const outputs: Record<string, HostArray> = { ...this.#outputs };
    for (const name of Object.keys(this.#program.inputs)) inputs[name] = feeds[name];
    for (const { name, next } of this.#program.state) {
      inputs[name] = this.#state.get(name);
      if (next === undefined) continue;
      outputs[nextName(name)] = this.#overwritten.has(name) ? this.#state.get(name) : this.#state.target(name);
    }
    const binding = this.#executable.bind(inputs, outputs);
    this.#bindings.set(key, binding);
    return binding;
  }

  #forgetOldest(): void {
    const [oldest] = this.#bindings.keys();
    this.#bindings.get(oldest)!.release();
    this.#bindings.delete(oldest);
  }

  #checked(name: string, feeds: Feeds): HostArray {
    const { dtype, shape } = this.#program.inputs[name];
    const value = feeds[name];
    if (value === undefined) throw new SondeError('shape/mismatch', `program ${this.name} was not fed ${name}`);
    if (value.dtype === dtype && sameShape(value.shape, shape)) return value;
    throw new SondeError('shape/mismatch', `input ${name} of program ${this.name} does not fit`, {
      expected: `${dtype} ${formatShape(shape)}`,
      found: `${value.dtype} ${formatShape(value.shape)}`,
    });
  }

  #numberOf({ data }: HostArray): number {
    let number = this.#feedNumbers.get(data);
    if (number === undefined) this.#feedNumbers.set(data, (number = this.#feedCount++));
    return number;
  }
}
