export { whyNotHealthy } from './node-unit';
export * from './parent-watch';
export * from './ports';
export * from './services';
export * from './stack';
export * from './stack-error';
export { findStack, type StackFile } from './stack-file';
