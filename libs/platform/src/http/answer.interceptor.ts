import { SetMetadata, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { Reflector } from '@nestjs/core';
import { assert, type Message } from '@murmuration/kernel';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { map, throwError, timeout, type Observable } from 'rxjs';
import { Answer } from '../commands/answer';
import type { VersionDiffers } from '../commands/conditional-model';
import { problem, refusal } from './problem';

/** An aggregate as the API shows it. It depends on nothing else, so that a repeated request gets the same answer. */
export type View<State> = (state: State, aggregate: { readonly id: string; readonly version: number }) => unknown;

const VIEW = 'murmuration:view';

/** How the routes of a controller, or one of them, show the `Answer` that they give. */
export const ShownAs = <State>(view: View<State>) => SetMetadata(VIEW, view);

const LOCATION = 'murmuration:location';

/** Where a route puts what it creates, such as `/v1/orders`, when that is not where it was asked for. */
export const CreatedUnder = (path: string) => SetMetadata(LOCATION, path);

/** Every rejection of a service's rules, and the status it is answered with. */
export type RejectionStatus<Rejection extends Message> = Readonly<Record<Rejection['type'], number>>;

/** `order-7f3a` is the order `7f3a`. */
const idOf = (streamId: string): string => streamId.slice(streamId.indexOf('-') + 1);

const CREATED = 201;

const PATIENCE = 'murmuration:patience';

/** How long one route may take, where that is more than most. */
export const AnswersWithin = (ms: number) => SetMetadata(PATIENCE, ms);

/** A database that hangs would otherwise keep a caller waiting through every retry. */
const ANSWER_MAX_MS = 20_000;
const RETRY_LATER_S = 5;

const late = () =>
  throwError(() =>
    problem('unavailable', 'There was no answer in time; the outcome is unknown', { retryAfterS: RETRY_LATER_S }),
  );

/** Turns the answers of controllers into JSON with an ETag, or into a problem. */
export class AnswerInterceptor implements NestInterceptor {
  constructor(
    private readonly reflector: Reflector,
    private readonly rejectionStatus: Readonly<Record<string, number>>,
  ) {}

  intercept(execution: ExecutionContext, next: CallHandler): Observable<unknown> {
    if (execution.getType() !== 'http') return next.handle();
    const first = this.reflector.get<number | undefined>(PATIENCE, execution.getHandler()) ?? ANSWER_MAX_MS;
    return next.handle().pipe(
      timeout({ first, with: late }),
      map((value) => (value instanceof Answer ? this.show(value as Answer, execution) : (value as unknown))),
    );
  }

  private show({ found }: Answer, execution: ExecutionContext): unknown {
    const http = execution.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    if (found.kind === 'rejected') throw this.refused(found.rejection);
    if (found.version === 0) throw problem('not-found', `There is no ${found.streamId.replace('-', ' ')}`);
    const view = this.reflector.getAllAndOverride<View<unknown> | undefined>(VIEW, [
      execution.getHandler(),
      execution.getClass(),
    ]);
    assert(view !== undefined, `@ShownAs on ${execution.getClass().name}`);
    const id = idOf(found.streamId);
    const { version } = found;
    const reply = http.getResponse<FastifyReply>();
    void reply.header('etag', `"${version}"`);
    if (reply.statusCode === CREATED) {
      const under = this.reflector.get<string | undefined>(LOCATION, execution.getHandler());
      void reply.header('location', `${under ?? request.url.split('?')[0]}/${id}`);
    }
    return view(found.state, { id, version });
  }

  private refused(rejection: Message) {
    if (rejection.type === ('VersionDiffers' satisfies VersionDiffers['type'])) {
      const { expected, actual } = rejection as VersionDiffers;
      return problem('version-differs', `It is at version ${actual}, not at ${expected} as If-Match says`);
    }
    const status = this.rejectionStatus[rejection.type];
    assert(status !== undefined, `a status for the rejection ${rejection.type}`);
    return refusal(rejection, status);
  }
}
