/**
 * What `sonde demo` does: serves the lab, runs the embedded study, prints the result.
 * @module
 */
import { mkdirSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { probeGroups } from '../../report/findings.ts';
import { probeTable } from '../../report/probe-table.ts';
import type { DeviceId } from '../../runtime/backends/devices.ts';
import { serveLab, untilInterrupted } from '../lab-session.ts';
import { progressOf } from '../pretraining.ts';
import { type ProgressReporter, progressReporter } from '../progress.ts';
import { runEmbeddedStudy } from './embedded-study.ts';

export interface DemoOptions {
  readonly out: string;
  readonly seed: number;
  readonly device: DeviceId;
  readonly threads: number;
  readonly port?: number;
  readonly lab: boolean;
  readonly json?: boolean;
}

export async function demonstrate({
  out,
  seed,
  device,
  threads,
  port,
  lab: withLab,
  json = false,
}: DemoOptions): Promise<void> {
  const directory = resolve(out);
  mkdirSync(directory, { recursive: true });
  const say = (text: string) => {
    if (!json) console.log(text);
  };
  const lab = withLab && !json ? await serveLab(directory, port === undefined ? {} : { port }) : undefined;
  if (lab !== undefined) say(`lab        ${lab.url}`);
  let reporter: ProgressReporter | undefined;
  let current = '';
  const next = (name: string, perUnit?: { count: number; unit: string }): ProgressReporter => {
    if (reporter === undefined || current !== name) {
      reporter?.end();
      current = name;
      reporter = progressReporter({ silent: json, ...(perUnit === undefined ? {} : { perUnit }) });
    }
    return reporter;
  };
  try {
    const { report, data } = await runEmbeddedStudy({
      directory,
      seed,
      device,
      threads,
      command: seed === 0 ? 'npm start' : `sonde demo --seed ${seed}`,
      onStage: (stage, detail) => {
        reporter?.end();
        reporter = undefined;
        say(`${stage.padEnd(10)} ${detail}`);
      },
      onProgress: (name, done, total, unit) => next(name).update({ name, done, total, unit }),
      onRecord: (record, manifest) =>
        next(manifest.method.id, { count: manifest.training.batchSize, unit: 'clips' }).update(
          progressOf(record, manifest),
        ),
    });
    reporter?.end();
    const tables = probeGroups(data).map((group) => probeTable(group, { colour: process.stdout.isTTY === true }));
    if (json) console.log(JSON.stringify({ report, probes: data.probes, differences: data.differences }, null, 2));
    else say(`\n${tables.join('\n\n')}\n\nreport     ${relative(process.cwd(), report) || report}`);
    if (lab !== undefined && process.stdout.isTTY) {
      say(`lab        ${lab.url}\nCtrl-C ends it.`);
      await untilInterrupted();
    }
  } finally {
    await lab?.close();
  }
}
