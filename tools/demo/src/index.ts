export * from './flock-client';
export * from './orders-file';
export { percentiles } from './report';
export * from './run-demo';
