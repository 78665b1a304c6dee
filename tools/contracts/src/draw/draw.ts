import type { Choreography } from '../check/choreography';
import { SCRIPTS } from '../play/scripts';
import { alertRules } from './alert-rules';
import { asyncApi } from './async-api';
import { flowPage } from './flow-graph';
import { hearersPage } from './hearers-page';
import { outcomesPage } from './outcomes-page';
import { schemaFiles } from './schema-files';

export const SCHEMAS = 'schemas';

/** Everything that is drawn from a choreography, by its path below docs/reference. */
export const drawn = (choreography: Choreography): ReadonlyMap<string, string> =>
  new Map([
    ['flow.md', flowPage(choreography)],
    ['outcomes.md', outcomesPage(SCRIPTS)],
    ['who-hears-what.md', hearersPage(choreography)],
    ['asyncapi.yaml', asyncApi(choreography)],
    ['alerts.yaml', alertRules(choreography)],
    ...[...schemaFiles(choreography.events)].map(([file, schema]): [string, string] => [
      `${SCHEMAS}/${file}`,
      `${JSON.stringify(schema, null, 2)}\n`,
    ]),
  ]);
