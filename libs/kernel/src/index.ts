export * from './agenda';
export * from './assert';
export * from './decision';
export * from './effect-call';
export * from './instant';
export * from './money';
export * from './murmur2';
export * from './stored-shapes';
