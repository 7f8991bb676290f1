import { Column, CreateDateColumn, Entity, JoinColumn, ManyToOne, PrimaryGeneratedColumn, type Relation } from 'typeorm';
import { ProjectEntity } from './project.entity.js';

/** A key with which a client may send events of one project. The key itself is not kept. */
@Entity('write_keys')
export class WriteKeyEntity {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' })
  id: string;

  @ManyToOne(() => ProjectEntity, { nullable: false })
  @JoinColumn({ name: 'project_id' })
  project: Relation<ProjectEntity>;

  /** SHA-256 of the key, 64 hexadecimal digits. */
  @Column('text', { name: 'key_hash', unique: true })
  keyHash: string;

  /** For people, to tell keys apart. */
  @Column('text')
  label: string;

  /** The key's beginning, by which its holder recognizes it; `null` for keys from before it was kept. */
  @Column('text', { nullable: true })
  prefix: string | null;

  @CreateDateColumn({ name: 'created_at', type: 'timestamptz' })
  createdAt: Date;

  /** E-mail of a person, or what else made it. */
  @Column('text', { name: 'created_by', nullable: true })
  createdBy: string | null;

  /** Told by the collectors, exact to ten seconds. */
  @Column('timestamptz', { name: 'last_used_at', nullable: true })
  lastUsedAt: Date | null;

  @Column('timestamptz', { name: 'expires_at', nullable: true })
  expiresAt: Date | null;

  /** From then on the key is refused; `null`: it is valid. */
  @Column('timestamptz', { name: 'revoked_at', nullable: true })
  revokedAt: Date | null;
}
