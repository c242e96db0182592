/**
 * What is needed to name a run exactly: trunk, data, seed, machine.
 * @module
 */
import { countOf, type RunManifest } from '../sonde.ts';

export function RunFacts({ manifest }: { readonly manifest: RunManifest }) {
  const { id, trunk, data, training, machine } = manifest;
  const facts = [
    ['run', id],
    ['trunk', `${trunk.id}, ${countOf(trunk.parameters, 'parameter')}`],
    ['data', `${data.name}, ${countOf(data.items, 'item')} of ${countOf(data.patients, 'patient')}`],
    [
      'training',
      `${countOf(training.steps, 'step')} of ${countOf(training.batchSize, 'puzzle')}, seed ${training.seed}`,
    ],
    ['machine', `${machine.processor}, ${countOf(machine.threads, 'thread')}, ${machine.device}`],
  ];
  return (
    <section aria-labelledby="facts">
      <h2 id="facts">This run</h2>
      <dl>
        {facts.map(([name, value]) => (
          <>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </>
        ))}
      </dl>
    </section>
  );
}
