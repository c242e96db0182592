/**
 * Who is measured: runs of one method with different seeds together, everything else by itself, each with the same
 * network untrained.
 * @module
 */
import { SondeError } from '../base/errors.ts';
import { Random } from '../base/random.ts';
import type { Contender } from '../evaluation/measure.ts';
import { networkSource } from '../evaluation/network/learning-network.ts';
import { reinitialised } from '../evaluation/network/reinitialise.ts';
import type { Target } from './target.ts';

export interface ContenderGroup {
  readonly name: string;
  readonly randomName: string;
  readonly members: readonly Target[];
}

/** Groups in the order in which the targets are named; a model from elsewhere gets an untrained twin where it can. */
export function contenderGroups(targets: readonly Target[]): ContenderGroup[] {
  const groups = new Map<string, Target[]>();
  targets.forEach((target, i) => {
    const { manifest } = target;
    const key = manifest === undefined ? `model ${i}` : JSON.stringify([manifest.method, manifest.trunk]);
    const random = target.random ?? drawnAnew(target.encoder);
    groups.set(key, [...(groups.get(key) ?? []), { ...target, random }]);
  });
  return [...groups.values()].map((members) => {
    const [{ encoder, manifest }] = members;
    const several = members.length > 1;
    const name = several ? `${manifest!.method.id}, ${members.length} seeds` : encoder.encoder.name;
    // Untrained networks of several groups differ where their trunks do.
    const randomName = groups.size > 1 ? `random initialisation of ${name}` : 'random initialisation';
    return {
      name,
      randomName,
      members: members.map((member) => {
        if (member.random === undefined) return member;
        const own = several ? `random initialisation of ${member.encoder.encoder.name}` : randomName;
        return { ...member, random: { ...member.random, encoder: { ...member.random.encoder, name: own } } };
      }),
    };
  });
}

/** A model from elsewhere without what it learned, where its graph can be read. */
function drawnAnew({ model }: Contender): Contender | undefined {
  try {
    return {
      model: reinitialised(networkSource(model), new Random(0)),
      encoder: { name: 'random initialisation', role: 'random' },
    };
  } catch (error) {
    if (error instanceof SondeError && error.code === 'graph/unsupported') return undefined;
    throw error;
  }
}
