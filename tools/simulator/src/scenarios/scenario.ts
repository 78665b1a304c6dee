import type { Stage, StageOptions } from './stage';

/** One scenario of what must survive: what happens and what must hold, readable as a script. */
export type Scenario = {
  /** As in the list of scenarios. */
  readonly number: number;
  readonly title: string;
  readonly stage?: StageOptions;
  readonly script: (stage: Stage) => Promise<void>;
};

/** A scenario with the file that it stands in, without its ending. */
export type ListedScenario = Scenario & { readonly file: string };
