import { ChangePasswordDto, SessionDto, SignInDto } from '@analytics/dto';
import { Body, Controller, Delete, Get, Inject, Post, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { GATEWAY_CONFIG, type GatewayConfig } from '../gateway.config.js';
import { ApiAnswer, ApiChange } from '../http/api-answer.decorator.js';
import { SignInLimit } from '../throttle/sign-in-limit.decorator.js';
import { BodyPipe } from './body.pipe.js';
import type { Caller } from './caller.js';
import { noSessionCookie, sessionCookie } from './credential.js';
import { Needs, Public, WhoAsks } from './needs.decorator.js';
import { Sessions } from './sessions.service.js';

@ApiTags('access')
@Controller('api/v1/session')
export class SessionController {
  constructor(
    private readonly sessions: Sessions,
    @Inject(GATEWAY_CONFIG) private readonly config: GatewayConfig,
  ) {}

  @Post()
  @Public()
  @SignInLimit()
  @ApiChange({
    summary: 'Sign in',
    description: 'Sets the session cookie `analytics_session`. A session ends 30 days after it began, and after 7 days without use.',
    type: SessionDto,
    open: true,
    failures: { 400: 'email must be an e-mail address of at most 254 characters', 401: 'the e-mail address or the password is wrong' },
  })
  async signIn(@Body(BodyPipe) body: SignInDto, @Req() request: Request, @Res({ passthrough: true }) response: Response): Promise<SessionDto> {
    const { token, session } = await this.sessions.begin(body, request.headers['user-agent'] ?? '');
    response.setHeader('set-cookie', sessionCookie(token, this.isSecure(request)));
    return session;
  }

  @Get()
  @Needs('view', 'caller')
  @ApiAnswer({ summary: 'Who asks, and what may be seen', type: SessionDto, takesQuery: false })
  current(@WhoAsks() caller: Caller): Promise<SessionDto> {
    return this.sessions.describe(caller);
  }

  @Delete()
  @Needs('read', 'caller')
  @ApiChange({ summary: 'Sign out', description: 'Ends this session, and the live connections that were opened with it.' })
  async signOut(@WhoAsks() caller: Caller, @Req() request: Request, @Res({ passthrough: true }) response: Response): Promise<void> {
    await this.sessions.end(caller);
    response.setHeader('set-cookie', noSessionCookie(this.isSecure(request)));
  }

  @Post('password')
  @Needs('read', 'caller')
  @SignInLimit()
  @ApiChange({
    summary: "Change one's own password",
    description: 'All other sessions of this person end.',
    failures: { 400: 'newPassword must be a text of 12 to 128 characters', 403: 'currentPassword is wrong; your password stays as it is' },
  })
  changePassword(@WhoAsks() caller: Caller, @Body(BodyPipe) body: ChangePasswordDto): Promise<void> {
    return this.sessions.changePassword(caller, body);
  }

  /** Whether the browser came by https, as far as it is known here: behind a proxy only the proxy can tell. */
  private isSecure(request: Request): boolean {
    return this.config.COOKIE_SECURE || request.secure || request.headers['x-forwarded-proto'] === 'https';
  }
}
