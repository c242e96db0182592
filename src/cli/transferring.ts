/**
 * `sonde transfer`: what a run learned, in another network.
 * @module
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { usageError } from '../base/errors.ts';
import { decodeModel } from '../graph/onnx/decode.ts';
import { encodeModel } from '../graph/onnx/encode.ts';
import { trunkById } from '../nn/trunks/index.ts';
import { facts } from '../report/terminal.ts';
import { parseOptions } from '../training/configuration.ts';
import { encoderInfo } from '../training/encoder-file.ts';
import { readLatestCheckpoint } from '../training/storage/checkpoint.ts';
import { readManifest, runPaths, writeAtomically } from '../training/storage/run-folder.ts';
import { transferEncoder } from '../training/transfer.ts';

export interface TransferRequest {
  readonly trunk: string;
  readonly setTrunk?: Readonly<Record<string, unknown>>;
  readonly size?: number;
  readonly out?: string;
  readonly json?: boolean;
}

/** Writes the encoder; options of the trunk are those of the run where both networks have them. */
export function transfer(run: string, { trunk: id, setTrunk = {}, size, out, json }: TransferRequest): void {
  const paths = runPaths(run);
  const manifest = readManifest(paths);
  const checkpoint = readLatestCheckpoint(paths);
  const shown = manifest.state === 'finished' ? encoderInfo(decodeModel(readFileSync(paths.encoder))) : undefined;
  if (checkpoint === undefined || shown === undefined) {
    throw usageError(`${run} has not finished, so that there are no weights to move`, {
      hint: `sonde pretrain --resume ${run}`,
    });
  }
  const trunk = trunkById(id);
  const known = Object.keys((trunk.options as unknown as { shape?: object }).shape ?? {});
  const same = Object.fromEntries(Object.entries(manifest.trunk.options).filter(([name]) => known.includes(name)));
  const file = out ?? join(run, `encoder-${id}.onnx`);
  const presentation = { ...shown.presentation, ...(size === undefined ? {} : { size }) };
  const model = transferEncoder({
    state: checkpoint.state,
    trunk,
    trunkOptions: parseOptions(`trunk ${id}`, trunk.options, same, setTrunk),
    presentation,
    origin: `${manifest.method.id}, seed ${manifest.training.seed}, moved from ${manifest.trunk.id}`,
  });
  writeAtomically(file, encodeModel(model));
  if (json) console.log(JSON.stringify({ encoder: file, trunk: id, presentation }));
  else {
    console.log(
      facts([
        ['encoder', file],
        ['input', `${presentation.size} × ${presentation.size} pixels`],
        ['next', `sonde probe ${file} --data … --label …`],
      ]),
    );
  }
}
