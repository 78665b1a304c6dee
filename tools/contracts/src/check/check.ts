import type { Baseline } from '../baseline/baseline';
import type { Choreography } from './choreography';
import type { Finding, Rule } from './finding';
import { afterPivot } from './rules/after-pivot.rule';
import { compensation } from './rules/compensation.rule';
import { unguardedCycle } from './rules/cycle.rule';
import { deadlineWithoutHearer } from './rules/deadline.rule';
import { externalEffect } from './rules/effect.rule';
import { stepKey } from './rules/key.rule';
import { personalField } from './rules/personal-field.rule';
import { schemaCompatibility } from './rules/schema-compatibility.rule';
import { unheardEvent } from './rules/unheard-event.rule';
import { unsaidEvent } from './rules/unsaid-event.rule';
import { waitWithoutDeadline } from './rules/wait.rule';

/** Every rule by the name that its findings carry. */
export const rulesFor = (baseline: Baseline): Readonly<Record<string, Rule>> => ({
  'unheard-event': unheardEvent,
  'unsaid-event': unsaidEvent,
  'step-key': stepKey,
  compensation,
  'after-pivot': afterPivot,
  'wait-without-deadline': waitWithoutDeadline,
  'deadline-without-hearer': deadlineWithoutHearer,
  'unguarded-cycle': unguardedCycle,
  'external-effect': externalEffect,
  'personal-field': personalField,
  'schema-compatibility': schemaCompatibility(baseline),
});

/** Everything that is wrong with a choreography, in the order of the rules. */
export const check = (choreography: Choreography, baseline: Baseline): readonly Finding[] =>
  Object.values(rulesFor(baseline)).flatMap((rule) => rule(choreography));
