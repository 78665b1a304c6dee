export { CreateSimulatedProvider1790000020000 } from './simulated-provider.migration';
export { simulatedProviderBook, simulatedProviderPort } from './simulated-provider.port';
