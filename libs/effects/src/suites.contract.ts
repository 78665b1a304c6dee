// The conformance suites, for whoever implements these ports elsewhere.
export { agendaStoreContract } from './agenda-store.contract';
