export * from './flock';
