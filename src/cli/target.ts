/**
 * What the commands that measure and explain are pointed at: a run, or any ONNX model.
 * @module
 */
import { existsSync, statSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { usageError } from '../base/errors.ts';
import { type InputLengths, withInputLengths } from '../evaluation/input-lengths.ts';
import type { Contender } from '../evaluation/measure.ts';
import { loadModel } from '../runtime/storage/onnx-file.ts';
import type { HostArray } from '../tensor/host-array.ts';
import type { RunManifest } from '../training/run-record.ts';
import { readManifest, runPaths } from '../training/storage/run-folder.ts';

export interface Target {
  readonly encoder: Contender;
  /** The same network untrained, where it is known. */
  readonly random: Contender | undefined;
  readonly data: string;
  readonly storedSize: number | undefined;
  /** Where results belong: the run's folder, or the model's. */
  readonly home: string;
  /** Of a run, what it wrote down. */
  readonly manifest: RunManifest | undefined;
}

/** A run folder or an ONNX file, and the data it is to be measured on. */
export async function openTarget(
  path: string,
  options: InputLengths & { readonly data?: string; readonly storedSize?: number },
): Promise<Target> {
  if (!existsSync(path)) throw usageError(`there is no run or model at ${path}`);
  if (statSync(path).isDirectory()) {
    const paths = runPaths(resolve(path));
    const manifest = readManifest(paths);
    if (!existsSync(paths.encoder)) {
      throw usageError(`run ${manifest.id} has no encoder yet`, { hint: `finish it: sonde pretrain --resume ${path}` });
    }
    const keeps = manifest.kept?.includes(encoderDecoder) === true;
    return {
      encoder: {
        model: await loadModel(paths.encoder),
        encoder: { name: manifest.id, role: 'pretrained' },
        ...(keeps ? { decoder: await decoderIn(paths.kept(encoderDecoder)) } : {}),
      },
      random: {
        model: await loadModel(paths.randomEncoder),
        encoder: { name: 'random initialisation', role: 'random' },
        ...(keeps ? { decoder: await decoderIn(paths.randomKept(encoderDecoder)) } : {}),
      },
      data: options.data ?? manifest.data.path,
      storedSize: options.storedSize ?? manifest.data.storedSize,
      home: paths.root,
      manifest,
    };
  }
  if (options.data === undefined)
    throw usageError('a model needs pictures to be measured on', { hint: 'name them with --data' });
  return {
    encoder: {
      model: withInputLengths(await loadModel(path), options),
      encoder: { name: basename(path), role: 'pretrained' },
    },
    random: undefined,
    data: options.data,
    storedSize: options.storedSize,
    home: dirname(resolve(path)),
    manifest: undefined,
  };
}

/** What a run calls the network that it keeps with its decoder, and what names of the decoder's weights begin with. */
const encoderDecoder = 'encoder-decoder';
const decoderPrefix = 'decoder.';

async function decoderIn(path: string): Promise<ReadonlyMap<string, HostArray>> {
  const { graph } = await loadModel(path);
  return new Map([...graph.initialisers].filter(([name]) => name.startsWith(decoderPrefix)));
}
