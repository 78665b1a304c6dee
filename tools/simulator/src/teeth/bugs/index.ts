import type { Bug } from '../bug';
import { CALLED_BUGS } from './called.bugs';
import { DEEDS_BUGS } from './deeds.bugs';
import { HEARD_BUGS } from './heard.bugs';
import { PEOPLE_BUGS } from './people.bugs';
import { SAGA_BUGS } from './saga.bugs';
import { SENT_BUGS } from './sent.bugs';
import { STORED_BUGS } from './stored.bugs';

/** Every planted bug. */
export const BUGS: readonly Bug[] = [
  ...HEARD_BUGS,
  ...SENT_BUGS,
  ...STORED_BUGS,
  ...CALLED_BUGS,
  ...SAGA_BUGS,
  ...DEEDS_BUGS,
  ...PEOPLE_BUGS,
];
