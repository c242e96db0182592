/**
 * Fine-tuning: the network goes on learning, with a linear layer on a tap, from labelled training patients. What it is
 * held up against is the same network that starts from nothing and is trained in the same way: full supervision.
 *
 * From any tap; with earlier stages held fast ("freeze to conv k"), slower stage by stage downwards (discriminative rates:
 * Howard and Ruder, ACL 2018), the head faster. Learning rate and moment to stop are chosen on validation patients.
 * @module
 */
import { z } from 'zod';
import { variantSupervision } from '../network/fit-variants.ts';
import { fitVariants, variantSettings } from '../network/label-variants.ts';
import { type NetworkProtocol, parseOptions } from './protocol.ts';

const options = z.object(variantSettings);

export type FinetuneOptions = z.infer<typeof options>;

export const finetune: NetworkProtocol<FinetuneOptions> = {
  id: 'finetune',
  title: 'Fine-tuning',
  description:
    'The network goes on learning, with a linear head on a tap; learning rate and last step are chosen on validation patients.',
  needs: 'network',
  predicts: 'classes',
  options,
  supervision: variantSupervision,
  run: async (input, given) => fitVariants('finetune', input, parseOptions('finetune', options, given)),
};
