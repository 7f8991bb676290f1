import { Column, CreateDateColumn, Entity, PrimaryGeneratedColumn } from 'typeorm';

/** `viewer` reads everything; `admin` also changes projects, keys, people and dead letters. */
export type Role = 'viewer' | 'admin';

/** Somebody who may sign in. People see all projects. */
@Entity('people')
export class PersonEntity {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' })
  id: string;

  /** In lower case. */
  @Column('text', { unique: true })
  email: string;

  @Column('text')
  name: string;

  @Column('text')
  role: Role;

  /** argon2id, in PHC format. Never part of an answer. */
  @Column('text', { name: 'password_hash', select: false })
  passwordHash: string;

  @CreateDateColumn({ name: 'created_at', type: 'timestamptz' })
  createdAt: Date;

  @Column('timestamptz', { name: 'last_sign_in_at', nullable: true })
  lastSignInAt: Date | null;

  /** From then on the person cannot sign in, and has no session. */
  @Column('timestamptz', { name: 'disabled_at', nullable: true })
  disabledAt: Date | null;
}
