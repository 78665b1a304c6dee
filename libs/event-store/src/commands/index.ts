export * from './codec';
export * from './command-processor';
export * from './decide-batch';
export * from './state-cache';
