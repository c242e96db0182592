/**
 * Times training steps of workloads: one JSON line each, like the peer's. `cpu_ms` is the least time of the processor that
 * a step took, over all threads: with `--threads 1` it changes little when other programs load the machine.
 *
 *   node --import tsx bench/step.ts [--threads 2] [--repeats 7] [--profile DIR] [WORKLOAD …]
 * @module
 */
import { parseArgs } from 'node:util';
import { processor } from '../src/runtime/backends/onnxruntime/backend.ts';
import { compile } from '../src/runtime/compile.ts';
import { State } from '../src/runtime/state.ts';
import { float32 } from '../src/tensor/host-array.ts';
import { workloads } from './workloads/index.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    threads: { type: 'string', default: '2' },
    repeats: { type: 'string', default: '7' },
    profile: { type: 'string' },
  },
});

for (const name of positionals.length > 0 ? positionals : Object.keys(workloads)) {
  const workload = workloads[name]();
  const state = new State(workload.state);
  const programs = [];
  const compileStarted = performance.now();
  for (const program of workload.programs) {
    const profilePrefix = values.profile === undefined ? undefined : `${values.profile}/${program.name}`;
    programs.push(
      await compile(program, state, processor, {
        threads: Number(values.threads),
        ...(profilePrefix === undefined ? {} : { profilePrefix }),
      }),
    );
  }
  const compileMs = performance.now() - compileStarted;
  const rates = workload.learningRates.map((rate) => float32([], rate));
  const times: number[] = [];
  const processorTimes: number[] = [];
  const losses: number[] = [];
  for (let step = 1; step <= Number(values.repeats) + 2; step++) {
    const count = float32([], step);
    const started = performance.now();
    const before = process.cpuUsage();
    for (const [i, program] of programs.entries()) {
      const outputs = await program.run({ ...workload.feeds, learningRate: rates[i], step: count });
      if (i === 0) losses.push(Number(outputs.loss.data[0]));
    }
    if (step <= 2) continue;
    times.push(performance.now() - started);
    const { user, system } = process.cpuUsage(before);
    processorTimes.push((user + system) / 1000);
  }
  for (const program of programs) await program.dispose();
  times.sort((a, b) => a - b);
  const line = {
    workload: name,
    ms_median: Number(times[Math.floor(times.length / 2)].toFixed(2)),
    ms_min: Number(times[0].toFixed(2)),
    cpu_ms: Number(Math.min(...processorTimes).toFixed(2)),
    params: workload.parameters,
    loss_first: Number(losses[0].toFixed(4)),
    loss_last: Number(losses.at(-1)!.toFixed(4)),
    compile_ms: Math.round(compileMs),
    peak_mb: Math.round(process.resourceUsage().maxRSS / 1024),
  };
  console.log(JSON.stringify(line));
}
