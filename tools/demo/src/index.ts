export * from './demo-error';
export * from './flock-client';
export * from './orders-file';
export { percentiles, strayText, type Percentiles } from './report';
export * from './run-demo';
