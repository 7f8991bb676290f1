import { Column, CreateDateColumn, Entity, JoinColumn, ManyToOne, PrimaryGeneratedColumn, type Relation } from 'typeorm';
import { ProjectEntity } from '../configuration/project.entity.js';

/**
 * A key with which a program may read or administer. The key itself is not kept. Shared links are rows of the same table, of scope
 * `view`; `link-registry.ts` has them.
 */
@Entity('api_keys')
export class ApiKeyEntity {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' })
  id: string;

  /** `null`: all projects; scope `admin` only. */
  @ManyToOne(() => ProjectEntity, { nullable: true })
  @JoinColumn({ name: 'project_id' })
  project: Relation<ProjectEntity> | null;

  @Column('text')
  scope: 'read' | 'admin';

  /** For people, to tell keys apart. */
  @Column('text')
  name: string;

  /** SHA-256 of the key, 64 hexadecimal digits. */
  @Column('text', { name: 'key_hash', unique: true, select: false })
  keyHash: string;

  /** The key's beginning, by which its holder recognizes it. */
  @Column('text')
  prefix: string;

  @CreateDateColumn({ name: 'created_at', type: 'timestamptz' })
  createdAt: Date;

  /** E-mail of a person, or what else made it. */
  @Column('text', { name: 'created_by', nullable: true })
  createdBy: string | null;

  /** Exact to a minute. */
  @Column('timestamptz', { name: 'last_used_at', nullable: true })
  lastUsedAt: Date | null;

  @Column('timestamptz', { name: 'expires_at', nullable: true })
  expiresAt: Date | null;

  @Column('timestamptz', { name: 'revoked_at', nullable: true })
  revokedAt: Date | null;
}
