/**
 * `sonde probe`: how much of a label each tap holds, beside random initialisation and full supervision.
 * @module
 */
import { type Command, Option } from 'commander';
import { usageError } from '../../base/errors.ts';
import {
  addDataOptions,
  addInputOptions,
  addPreparationOptions,
  collectSetting,
  deviceOption,
  featureCount,
  names,
  wholeNumber,
} from '../options.ts';
import type { ProbeOptions } from '../probing.ts';

export function addProbeCommand(program: Command): void {
  const command = program
    .command('probe')
    .argument('<encoder...>', 'runs, or any ONNX models; runs of one method with different seeds are averaged')
    .description('measure every tap by a protocol, split by patient, beside random initialisation')
    .option(
      '--label <names>',
      'the label to predict; several are separated by commas; masks, boxes and points need none',
      names,
    )
    .option('--data <path>', 'labelled pictures; default: the data of the run')
    .option('--protocol <ids>', 'one or several of those below; default: what fits the label', names)
    .option('--taps <names>', 'taps to measure, or values between nodes of a model; default: all taps', names)
    .option('--windows <number>', 'windows of a clip, averaged (default 4)', wholeNumber('--windows'))
    .option(
      '--dimensions <number>',
      'features a tap, about: a number, lab (1024, the default) or paper (9216)',
      featureCount,
    )
    .addOption(
      new Option('--pooling <kind>', 'how cells of an activation become a feature').choices(['average', 'max']),
    )
    .option('--set <option=value>', 'an option of the protocol; may be repeated', collectSetting)
    .option(
      '--supervised [model]',
      'full supervision beside it: trained here whatever it takes, or a model that was; default: trained where ten minutes of a core are enough',
    )
    .option('--no-supervised', 'no full supervision beside it')
    .option('--pixels', 'raw pixels beside it, downsampled and measured like a tap')
    .option('--threads <number>', 'threads of the network', wholeNumber('--threads'))
    .option('--detail', 'every class and patient too')
    .addOption(deviceOption())
    .option('--json', 'for machines');
  addInputOptions(addPreparationOptions(addDataOptions(command)))
    .addHelpText('after', examples)
    .action(async (encoders: readonly string[], options: ProbeOptions) => {
      if (encoders.length === 0) throw usageError('name a run or a model to probe');
      const { probe } = await import('../probing.ts');
      await probe(encoders, options);
    });
}

const examples = `
Protocols (docs/protocols.md says more):
  linear            multinomial logistic regression, the penalty chosen on validation patients
  svm               one-against-all support vector machines, the cost by cross-validation
  knn               weighted vote of the nearest neighbours
  low-shot          1, 2, 4, … labelled examples a class, by repeats
  label-efficiency  1, 5, 10, … 100 % of the labelled patients, by repeats
  mdl               bits the labels take once the features are known
  selectivity       the label against random labels of patients
  ridge             measurements: ejection fraction, phase, heart rate
  retrieval         the nearest training items: a hit if any of 1, 5, 10, 20, 50 is of the class
  finetune          the network goes on learning
  semi-supervised   the same with the labels of 1, 5, 10, … 100 % of the patients
  video             fine-tuned on clips, ten clips of a video averaged; frames in another order beside it
  detection         boxes by Fast R-CNN on the encoder; precision of VOC and COCO
  rcnn              boxes by support vector machines on frozen features of cut-out proposals
  key-points        points by heat maps on the encoder; PCK and its area
  segmentation      masks by a U-Net or another decoder on the encoder; Dice a case

Features are kept in features/kept/ of the run (or beside the model) for later probes, 4 GB of them at most; supervised
networks in supervised/. Both folders may be deleted at any time: what is in them is made again when it is needed.

Examples:
  sonde probe runs/rotation-phantom-seed0 --label view
  sonde probe runs/rotation-phantom-seed0 --label view,phase --protocol svm,knn --no-supervised
  sonde probe runs/rotation-*-seed? --label view --protocol low-shot --taps stage3,stage4
  sonde probe runs/rotation-phantom-seed0 --label view --protocol finetune --set frozen=none,conv2,all
  sonde probe runs/rubiks-cube-hippocampus-seed0 --protocol segmentation --set percent=5,10,25,100
  sonde probe resnet50.onnx --data scans/ --label diagnosis --set measure=auroc --detail
  sonde probe open-lengths.onnx --size 224 --data scans/ --label diagnosis`;
