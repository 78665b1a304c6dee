/**
 * I1 to I7 as in the list of what must survive. `order`: records of one key are sent and applied in the order of their source.
 * `lease`: one holder at a time, by the clock of the database. `rules`: what is stored can be read back by the rules that wrote
 * it, and keeps to what they promise a customer. `trap`: nothing uses real time or chance.
 */
export type Invariant = 'I1' | 'I2' | 'I3' | 'I4' | 'I5' | 'I6' | 'I7' | 'order' | 'lease' | 'rules' | 'trap';

/** An invariant that does not hold, how that shows, and of whom. */
export type Finding = { readonly invariant: Invariant; readonly finding: string; readonly subject: string };

/** Takes findings where they are made, until somebody asks for them. */
export type Find = (invariant: Invariant, subject: string, finding: string) => void;
