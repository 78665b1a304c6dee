export * from './eventually';
export * from './given';
export * from './manual-clock';
export * from './seeded-chance';
