export { sequenceDiagram, type SequenceMessage } from './draw/sequence-diagram';
