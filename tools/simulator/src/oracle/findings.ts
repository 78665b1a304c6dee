export type Invariant = 'I1' | 'I2' | 'I3' | 'I4' | 'I5' | 'I6' | 'I7' | 'trap';

/** An invariant that does not hold, how that shows, and of whom. */
export type Finding = { readonly invariant: Invariant; readonly finding: string; readonly subject: string };
