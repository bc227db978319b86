CREATE INDEX "application_may_lapse" ON "delegations_application" ("confirm_by") WHERE "status" = 'accepted';
CREATE INDEX "attendee_waits" ON "events_attendee" ("event_id",
  "waitlisted_at") WHERE "waitlisted_at" IS NOT NULL;
CREATE INDEX "auth_group_permissions_group_id_b120cbf9" ON "auth_group_permissions" ("group_id");
CREATE UNIQUE INDEX "auth_group_permissions_group_id_permission_id_0cd325b0_uniq" ON "auth_group_permissions" ("group_id",
  "permission_id");
CREATE INDEX "auth_group_permissions_permission_id_84c5c92e" ON "auth_group_permissions" ("permission_id");
CREATE INDEX "auth_permission_content_type_id_2f476e4b" ON "auth_permission" ("content_type_id");
CREATE UNIQUE INDEX "auth_permission_content_type_id_codename_01ab375a_uniq" ON "auth_permission" ("content_type_id",
  "codename");
CREATE INDEX "batch_claimable" ON "events_noticebatch" ("claim_at") WHERE "claim_at" IS NOT NULL;
CREATE INDEX "change_of_public_calendars" ON "events_calendarchange" ("id") WHERE "public";
CREATE INDEX "delegations_application_contact_id_c9fb5515" ON "delegations_application" ("contact_id");
CREATE INDEX "delegations_application_decided_by_id_a9051fa0" ON "delegations_application" ("decided_by_id");
CREATE INDEX "delegations_application_delegation_id_4c394cab" ON "delegations_application" ("delegation_id");
CREATE INDEX "delegations_application_organisation_id_1147f19f" ON "delegations_application" ("organisation_id");
CREATE INDEX "delegations_attendance_delegate_id_98e4d702" ON "delegations_attendance" ("delegate_id");
CREATE INDEX "delegations_decision_application_id_23b2d6fe" ON "delegations_decision" ("application_id");
CREATE INDEX "delegations_delegate_application_id_bb898361" ON "delegations_delegate" ("application_id");
CREATE INDEX "delegations_delegate_appointment_id_e9d96aa8" ON "delegations_delegate" ("appointment_id");
CREATE INDEX "delegations_delegate_delegation_id_c4a8ac93" ON "delegations_delegate" ("delegation_id");
CREATE INDEX "delegations_delegate_legs_delegate_id_65d0473e" ON "delegations_delegate_legs" ("delegate_id");
CREATE UNIQUE INDEX "delegations_delegate_legs_delegate_id_leg_id_90623801_uniq" ON "delegations_delegate_legs" ("delegate_id",
  "leg_id");
CREATE INDEX "delegations_delegate_legs_leg_id_1710cc23" ON "delegations_delegate_legs" ("leg_id");
CREATE INDEX "delegations_delegate_organisation_id_aa5d1e2a" ON "delegations_delegate" ("organisation_id");
CREATE INDEX "delegations_delegate_person_id_2389ad78" ON "delegations_delegate" ("person_id");
CREATE INDEX "delegations_delegation_organiser_id_0f8b3a7a" ON "delegations_delegation" ("organiser_id");
CREATE INDEX "delegations_delegation_sectors_delegation_id_5cfdbab0" ON "delegations_delegation_sectors" ("delegation_id");
CREATE UNIQUE INDEX "delegations_delegation_sectors_delegation_id_sector_id_ea2d6eb5_uniq" ON "delegations_delegation_sectors" ("delegation_id",
  "sector_id");
CREATE INDEX "delegations_delegation_sectors_sector_id_585f4672" ON "delegations_delegation_sectors" ("sector_id");
CREATE INDEX "delegations_delegation_sending_organisation_id_46dd9b02" ON "delegations_delegation" ("sending_organisation_id");
CREATE INDEX "delegations_delegation_team_id_b11b2c22" ON "delegations_delegation" ("team_id");
CREATE INDEX "delegations_historicalapplication_contact_id_3a51b8fb" ON "delegations_historicalapplication" ("contact_id");
CREATE INDEX "delegations_historicalapplication_decided_by_id_059f5ff4" ON "delegations_historicalapplication" ("decided_by_id");
CREATE INDEX "delegations_historicalapplication_delegation_id_2fb0950f" ON "delegations_historicalapplication" ("delegation_id");
CREATE INDEX "delegations_historicalapplication_history_date_50561da1" ON "delegations_historicalapplication" ("history_date");
CREATE INDEX "delegations_historicalapplication_history_user_id_8447bd29" ON "delegations_historicalapplication" ("history_user_id");
CREATE INDEX "delegations_historicalapplication_id_b8120f40" ON "delegations_historicalapplication" ("id");
CREATE INDEX "delegations_historicalapplication_organisation_id_e3529092" ON "delegations_historicalapplication" ("organisation_id");
CREATE INDEX "delegations_historicaldelegate_application_id_b1acc51d" ON "delegations_historicaldelegate" ("application_id");
CREATE INDEX "delegations_historicaldelegate_appointment_id_485fddff" ON "delegations_historicaldelegate" ("appointment_id");
CREATE INDEX "delegations_historicaldelegate_delegation_id_628256f2" ON "delegations_historicaldelegate" ("delegation_id");
CREATE INDEX "delegations_historicaldelegate_history_date_d345fde7" ON "delegations_historicaldelegate" ("history_date");
CREATE INDEX "delegations_historicaldelegate_history_user_id_b38a64d1" ON "delegations_historicaldelegate" ("history_user_id");
CREATE INDEX "delegations_historicaldelegate_id_59722621" ON "delegations_historicaldelegate" ("id");
CREATE INDEX "delegations_historicaldelegate_organisation_id_dde9f1e8" ON "delegations_historicaldelegate" ("organisation_id");
CREATE INDEX "delegations_historicaldelegate_person_id_ec063e0d" ON "delegations_historicaldelegate" ("person_id");
CREATE INDEX "delegations_historicaldelegation_applications_close_id_c7c4e31f" ON "delegations_historicaldelegation" ("applications_close_id");
CREATE INDEX "delegations_historicaldelegation_history_date_af9fa792" ON "delegations_historicaldelegation" ("history_date");
CREATE INDEX "delegations_historicaldelegation_history_user_id_5feb8ccc" ON "delegations_historicaldelegation" ("history_user_id");
CREATE INDEX "delegations_historicaldelegation_id_f90a6aa6" ON "delegations_historicaldelegation" ("id");
CREATE INDEX "delegations_historicaldelegation_mission_id_a2360118" ON "delegations_historicaldelegation" ("mission_id");
CREATE INDEX "delegations_historicaldelegation_organiser_id_9c7a09ca" ON "delegations_historicaldelegation" ("organiser_id");
CREATE INDEX "delegations_historicaldelegation_sending_organisation_id_f283c221" ON "delegations_historicaldelegation" ("sending_organisation_id");
CREATE INDEX "delegations_historicaldelegation_slug_83e6e114" ON "delegations_historicaldelegation" ("slug");
CREATE INDEX "delegations_historicaldelegation_team_id_52e3112b" ON "delegations_historicaldelegation" ("team_id");
CREATE INDEX "delegations_historicalleg_arrival_id_9024431d" ON "delegations_historicalleg" ("arrival_id");
CREATE INDEX "delegations_historicalleg_delegation_id_875f3cca" ON "delegations_historicalleg" ("delegation_id");
CREATE INDEX "delegations_historicalleg_departure_id_cb8c50e1" ON "delegations_historicalleg" ("departure_id");
CREATE INDEX "delegations_historicalleg_history_date_fd1c5ebb" ON "delegations_historicalleg" ("history_date");
CREATE INDEX "delegations_historicalleg_history_user_id_038382dd" ON "delegations_historicalleg" ("history_user_id");
CREATE INDEX "delegations_historicalleg_host_id_236ece7f" ON "delegations_historicalleg" ("host_id");
CREATE INDEX "delegations_historicalleg_id_3a493337" ON "delegations_historicalleg" ("id");
CREATE INDEX "delegations_historicalleg_liaison_id_e2c80696" ON "delegations_historicalleg" ("liaison_id");
CREATE INDEX "delegations_historicalleg_stay_id_e59de14a" ON "delegations_historicalleg" ("stay_id");
CREATE INDEX "delegations_leg_delegation_id_522d3d4a" ON "delegations_leg" ("delegation_id");
CREATE INDEX "delegations_leg_host_id_9ac622b3" ON "delegations_leg" ("host_id");
CREATE INDEX "delegations_leg_liaison_id_c2463546" ON "delegations_leg" ("liaison_id");
CREATE INDEX "delegations_nominee_application_id_708acbb8" ON "delegations_nominee" ("application_id");
CREATE INDEX "delegations_nominee_appointment_id_c603d7ee" ON "delegations_nominee" ("appointment_id");
CREATE INDEX "delegations_nominee_person_id_fbfc2d34" ON "delegations_nominee" ("person_id");
CREATE INDEX "delivery_claimable" ON "events_delivery" ("claim_at",
  "id") WHERE "claim_at" IS NOT NULL;
CREATE INDEX "delivery_held" ON "events_delivery" ("team_id") WHERE "state" = 'held';
CREATE INDEX "delivery_leased" ON "events_delivery" ("lease_until") WHERE "lease_until" IS NOT NULL;
CREATE INDEX "delivery_of_team" ON "events_delivery" ("team_id",
  "due_at");
CREATE INDEX "django_admin_log_content_type_id_c4bce8eb" ON "django_admin_log" ("content_type_id");
CREATE INDEX "django_admin_log_user_id_c564eba6" ON "django_admin_log" ("user_id");
CREATE UNIQUE INDEX "django_content_type_app_label_model_76bd3d3b_uniq" ON "django_content_type" ("app_label",
  "model");
CREATE INDEX "django_session_expire_date_a5c62663" ON "django_session" ("expire_date");
CREATE INDEX "event_first_day" ON "events_event" ("start_on");
CREATE INDEX "event_period" ON "events_event" ("start_at",
  "end_at");
CREATE INDEX "events_appointment_organisation_id_a349a70e" ON "events_appointment" ("organisation_id");
CREATE INDEX "events_appointment_person_id_91d64ea1" ON "events_appointment" ("person_id");
CREATE INDEX "events_attendee_appointment_id_0d206f8d" ON "events_attendee" ("appointment_id");
CREATE INDEX "events_attendee_event_id_f1440d96" ON "events_attendee" ("event_id");
CREATE INDEX "events_attendee_hub_id_004aa672" ON "events_attendee" ("hub_id");
CREATE INDEX "events_attendee_invited_by_id_4a1246ba" ON "events_attendee" ("invited_by_id");
CREATE INDEX "events_attendee_person_id_691d0297" ON "events_attendee" ("person_id");
CREATE INDEX "events_attendee_representing_id_1fd5ff59" ON "events_attendee" ("representing_id");
CREATE INDEX "events_attendee_substitute_for_id_adb08812" ON "events_attendee" ("substitute_for_id");
CREATE INDEX "events_calendarchange_attended_in_id_6a594fff" ON "events_calendarchange" ("attended_in_id");
CREATE INDEX "events_calendarchange_person_id_b8c11a56" ON "events_calendarchange" ("person_id");
CREATE INDEX "events_calendarchange_tree_id_666ca64f" ON "events_calendarchange" ("tree_id");
CREATE INDEX "events_calendarfeed_event_id_51570fb3" ON "events_calendarfeed" ("event_id");
CREATE INDEX "events_calendarfeed_person_id_953b7b10" ON "events_calendarfeed" ("person_id");
CREATE INDEX "events_calendarfeed_team_id_b9fac80d" ON "events_calendarfeed" ("team_id");
CREATE INDEX "events_delivery_attendee_id_adbcf03b" ON "events_delivery" ("attendee_id");
CREATE INDEX "events_delivery_batch_id_62304601" ON "events_delivery" ("batch_id");
CREATE INDEX "events_delivery_event_id_c08f510e" ON "events_delivery" ("event_id");
CREATE INDEX "events_delivery_occurrence_id_9d98cb46" ON "events_delivery" ("occurrence_id");
CREATE INDEX "events_delivery_person_id_3939c914" ON "events_delivery" ("person_id");
CREATE INDEX "events_event_after_id_1e3fdf52" ON "events_event" ("after_id");
CREATE INDEX "events_event_end_place_id_1d4d2171" ON "events_event" ("end_place_id");
CREATE INDEX "events_event_parent_id_47216859" ON "events_event" ("parent_id");
CREATE INDEX "events_event_place_id_61ecc581" ON "events_event" ("place_id");
CREATE INDEX "events_event_previous_related_id_866dde83" ON "events_event" ("previous_related_id");
CREATE INDEX "events_event_sectors_event_id_d0c47d67" ON "events_event_sectors" ("event_id");
CREATE UNIQUE INDEX "events_event_sectors_event_id_sector_id_cb1c8acb_uniq" ON "events_event_sectors" ("event_id",
  "sector_id");
CREATE INDEX "events_event_sectors_sector_id_c5410d76" ON "events_event_sectors" ("sector_id");
CREATE INDEX "events_event_series_id_6cde1f96" ON "events_event" ("series_id");
CREATE INDEX "events_event_status_a1b46b6a" ON "events_event" ("status");
CREATE INDEX "events_event_team_id_dfc8e035" ON "events_event" ("team_id");
CREATE INDEX "events_eventchange_batch_id_212c4e3f" ON "events_eventchange" ("batch_id");
CREATE INDEX "events_eventchange_event_id_ebb7b1c6" ON "events_eventchange" ("event_id");
CREATE INDEX "events_eventchange_people_eventchange_id_2da445ec" ON "events_eventchange_people" ("eventchange_id");
CREATE UNIQUE INDEX "events_eventchange_people_eventchange_id_person_id_d407db29_uniq" ON "events_eventchange_people" ("eventchange_id",
  "person_id");
CREATE INDEX "events_eventchange_people_person_id_09c8da20" ON "events_eventchange_people" ("person_id");
CREATE INDEX "events_eventorganisation_event_id_2d64ade2" ON "events_eventorganisation" ("event_id");
CREATE INDEX "events_eventorganisation_organisation_id_09f601df" ON "events_eventorganisation" ("organisation_id");
CREATE INDEX "events_eventplace_event_id_99ae9202" ON "events_eventplace" ("event_id");
CREATE INDEX "events_eventplace_place_id_a6fb698c" ON "events_eventplace" ("place_id");
CREATE INDEX "events_eventseries_place_id_f9298312" ON "events_eventseries" ("place_id");
CREATE INDEX "events_eventseries_team_id_07611737" ON "events_eventseries" ("team_id");
CREATE INDEX "events_evidence_content_type_id_71a88630" ON "events_evidence" ("content_type_id");
CREATE INDEX "events_evidence_source_id_ffef3dd5" ON "events_evidence" ("source_id");
CREATE INDEX "events_feedstate_feed_id_e274fcdb" ON "events_feedstate" ("feed_id");
CREATE INDEX "events_feedtree_event_id_ef2c0096" ON "events_feedtree" ("event_id");
CREATE INDEX "events_feedtree_state_id_13f4e13d" ON "events_feedtree" ("state_id");
CREATE INDEX "events_figure_event_id_296660ef" ON "events_figure" ("event_id");
CREATE INDEX "events_historicalattendee_appointment_id_20eda142" ON "events_historicalattendee" ("appointment_id");
CREATE INDEX "events_historicalattendee_event_id_8e9d5ba2" ON "events_historicalattendee" ("event_id");
CREATE INDEX "events_historicalattendee_history_date_1c28629a" ON "events_historicalattendee" ("history_date");
CREATE INDEX "events_historicalattendee_history_user_id_8541d60f" ON "events_historicalattendee" ("history_user_id");
CREATE INDEX "events_historicalattendee_hub_id_4da0e803" ON "events_historicalattendee" ("hub_id");
CREATE INDEX "events_historicalattendee_id_c9662e6f" ON "events_historicalattendee" ("id");
CREATE INDEX "events_historicalattendee_invited_by_id_170ba482" ON "events_historicalattendee" ("invited_by_id");
CREATE INDEX "events_historicalattendee_person_id_951cfd79" ON "events_historicalattendee" ("person_id");
CREATE INDEX "events_historicalattendee_representing_id_6f273279" ON "events_historicalattendee" ("representing_id");
CREATE INDEX "events_historicalattendee_substitute_for_id_973145ae" ON "events_historicalattendee" ("substitute_for_id");
CREATE INDEX "events_historicalevent_after_id_be272154" ON "events_historicalevent" ("after_id");
CREATE INDEX "events_historicalevent_end_place_id_9fb01b64" ON "events_historicalevent" ("end_place_id");
CREATE INDEX "events_historicalevent_history_date_a9a7e2f0" ON "events_historicalevent" ("history_date");
CREATE INDEX "events_historicalevent_history_user_id_0daf8b9e" ON "events_historicalevent" ("history_user_id");
CREATE INDEX "events_historicalevent_id_50e649a3" ON "events_historicalevent" ("id");
CREATE INDEX "events_historicalevent_parent_id_b60717a6" ON "events_historicalevent" ("parent_id");
CREATE INDEX "events_historicalevent_place_id_303f77e7" ON "events_historicalevent" ("place_id");
CREATE INDEX "events_historicalevent_previous_related_id_6d0a78db" ON "events_historicalevent" ("previous_related_id");
CREATE INDEX "events_historicalevent_registration_closes_id_94b53c00" ON "events_historicalevent" ("registration_closes_id");
CREATE INDEX "events_historicalevent_series_id_5a3f6a4f" ON "events_historicalevent" ("series_id");
CREATE INDEX "events_historicalevent_slug_14e3dbed" ON "events_historicalevent" ("slug");
CREATE INDEX "events_historicalevent_status_2c99abe7" ON "events_historicalevent" ("status");
CREATE INDEX "events_historicalevent_team_id_e6cc53f3" ON "events_historicalevent" ("team_id");
CREATE INDEX "events_historicalevent_uid_bdda1258" ON "events_historicalevent" ("uid");
CREATE INDEX "events_historicalorganisation_history_date_bff3b93d" ON "events_historicalorganisation" ("history_date");
CREATE INDEX "events_historicalorganisation_history_user_id_79d92db2" ON "events_historicalorganisation" ("history_user_id");
CREATE INDEX "events_historicalorganisation_id_c6b66084" ON "events_historicalorganisation" ("id");
CREATE INDEX "events_historicalorganisation_parent_id_837f67ed" ON "events_historicalorganisation" ("parent_id");
CREATE INDEX "events_historicalorganisation_place_id_5722ea3f" ON "events_historicalorganisation" ("place_id");
CREATE INDEX "events_historicalorganisation_slug_08f7f711" ON "events_historicalorganisation" ("slug");
CREATE INDEX "events_historicalorganisation_team_id_3520ea2c" ON "events_historicalorganisation" ("team_id");
CREATE INDEX "events_historicalperson_history_date_862f69f7" ON "events_historicalperson" ("history_date");
CREATE INDEX "events_historicalperson_history_user_id_641a03c8" ON "events_historicalperson" ("history_user_id");
CREATE INDEX "events_historicalperson_id_e34a6115" ON "events_historicalperson" ("id");
CREATE INDEX "events_historicalperson_slug_60c6713c" ON "events_historicalperson" ("slug");
CREATE INDEX "events_historicalperson_sort_key_604bf00d" ON "events_historicalperson" ("sort_key");
CREATE INDEX "events_historicalperson_team_id_c56238a8" ON "events_historicalperson" ("team_id");
CREATE INDEX "events_historicalplace_history_date_7948d8d6" ON "events_historicalplace" ("history_date");
CREATE INDEX "events_historicalplace_history_user_id_67fc4b90" ON "events_historicalplace" ("history_user_id");
CREATE INDEX "events_historicalplace_id_360c697d" ON "events_historicalplace" ("id");
CREATE INDEX "events_historicalplace_parent_id_f5b294f7" ON "events_historicalplace" ("parent_id");
CREATE INDEX "events_historicalplace_slug_892d2bbb" ON "events_historicalplace" ("slug");
CREATE INDEX "events_historicalplace_team_id_206a0a39" ON "events_historicalplace" ("team_id");
CREATE INDEX "events_importedevent_team_id_3ffdb5aa" ON "events_importedevent" ("team_id");
CREATE INDEX "events_membership_team_id_0bd9648e" ON "events_membership" ("team_id");
CREATE INDEX "events_membership_user_id_3cd5596b" ON "events_membership" ("user_id");
CREATE INDEX "events_noticebatch_team_id_66cebfd4" ON "events_noticebatch" ("team_id");
CREATE INDEX "events_openedcalendar_opened_at_24f23a6d" ON "events_openedcalendar" ("opened_at");
CREATE INDEX "events_openedcalendar_team_id_b4b5abdf" ON "events_openedcalendar" ("team_id");
CREATE INDEX "events_openedcalendar_user_id_33e6496f" ON "events_openedcalendar" ("user_id");
CREATE INDEX "events_optout_person_id_76687313" ON "events_optout" ("person_id");
CREATE INDEX "events_organisation_parent_id_535bc83d" ON "events_organisation" ("parent_id");
CREATE INDEX "events_organisation_place_id_9b62cdaf" ON "events_organisation" ("place_id");
CREATE INDEX "events_organisation_sectors_organisation_id_7d8817c8" ON "events_organisation_sectors" ("organisation_id");
CREATE UNIQUE INDEX "events_organisation_sectors_organisation_id_sector_id_6e37de19_uniq" ON "events_organisation_sectors" ("organisation_id",
  "sector_id");
CREATE INDEX "events_organisation_sectors_sector_id_5b4cc4a6" ON "events_organisation_sectors" ("sector_id");
CREATE INDEX "events_organisation_team_id_56de2291" ON "events_organisation" ("team_id");
CREATE INDEX "events_person_sort_key_e18a73f1" ON "events_person" ("sort_key");
CREATE INDEX "events_person_team_id_456ba9ff" ON "events_person" ("team_id");
CREATE INDEX "events_place_parent_id_e61d1fff" ON "events_place" ("parent_id");
CREATE INDEX "events_place_team_id_8e34a695" ON "events_place" ("team_id");
CREATE INDEX "events_reminderoccurrence_event_id_24b6d31b" ON "events_reminderoccurrence" ("event_id");
CREATE INDEX "events_reminderoccurrence_rule_id_7b264dbd" ON "events_reminderoccurrence" ("rule_id");
CREATE INDEX "events_reminderrule_event_id_b4de733b" ON "events_reminderrule" ("event_id");
CREATE INDEX "events_reminderrule_team_id_f5345892" ON "events_reminderrule" ("team_id");
CREATE INDEX "events_renderedevent_event_id_ff9e4f39" ON "events_renderedevent" ("event_id");
CREATE INDEX "events_reply_attendee_id_1c271232" ON "events_reply" ("attendee_id");
CREATE INDEX "events_reply_event_id_0cfcb3cb" ON "events_reply" ("event_id");
CREATE INDEX "events_reply_person_id_a33ba02b" ON "events_reply" ("person_id");
CREATE INDEX "events_sector_parent_id_185bcda3" ON "events_sector" ("parent_id");
CREATE INDEX "events_user_groups_group_id_3ea67be4" ON "events_user_groups" ("group_id");
CREATE INDEX "events_user_groups_user_id_0e7fe292" ON "events_user_groups" ("user_id");
CREATE UNIQUE INDEX "events_user_groups_user_id_group_id_70b788ed_uniq" ON "events_user_groups" ("user_id",
  "group_id");
CREATE INDEX "events_user_user_permissions_permission_id_f3f46d62" ON "events_user_user_permissions" ("permission_id");
CREATE INDEX "events_user_user_permissions_user_id_1a9c449c" ON "events_user_user_permissions" ("user_id");
CREATE UNIQUE INDEX "events_user_user_permissions_user_id_permission_id_6a937150_uniq" ON "events_user_user_permissions" ("user_id",
  "permission_id");
CREATE INDEX "events_wording_team_id_6dbf0eb8" ON "events_wording" ("team_id");
CREATE INDEX "evidence_target" ON "events_evidence" ("content_type_id",
  "object_id");
CREATE INDEX "occurrence_claimable" ON "events_reminderoccurrence" ("claim_at",
  "id") WHERE "claim_at" IS NOT NULL;
CREATE UNIQUE INDEX "one_head_per_delegation" ON "delegations_delegate" ("delegation_id") WHERE "capacity" = 'head';
CREATE UNIQUE INDEX "one_live_application" ON "delegations_application" ("delegation_id",
  "organisation_id") WHERE NOT ("status" IN ('declined', 'lapsed', 'withdrawn'));
CREATE UNIQUE INDEX "one_open_batch_per_team" ON "events_noticebatch" ("team_id") WHERE "claim_at" IS NOT NULL;
CREATE INDEX "reply_settled" ON "events_reply" ("settled_at");
CREATE INDEX "seeds_entry_content_type_id_85d3bb36" ON "seeds_entry" ("content_type_id");
CREATE TABLE "auth_group" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
  "name" varchar(150) NOT NULL UNIQUE);
CREATE TABLE "auth_group_permissions" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
  "group_id" integer NOT NULL REFERENCES "auth_group" ("id") DEFERRABLE INITIALLY DEFERRED,
  "permission_id" integer NOT NULL REFERENCES "auth_permission" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "auth_permission" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
  "content_type_id" integer NOT NULL REFERENCES "django_content_type" ("id") DEFERRABLE INITIALLY DEFERRED,
  "codename" varchar(100) NOT NULL,
  "name" varchar(255) NOT NULL);
CREATE TABLE "delegations_application" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
  "status" varchar(14) NOT NULL,
  "statement" text NOT NULL,
  "vetting" text NOT NULL,
  "question" text NOT NULL,
  "reply" text NOT NULL,
  "submitted_at" datetime NULL,
  "decided_at" datetime NULL,
  "reason" text NOT NULL,
  "confirm_by" datetime NULL,
  "contact_id" bigint NULL REFERENCES "events_person" ("id") DEFERRABLE INITIALLY DEFERRED,
  "decided_by_id" bigint NULL REFERENCES "events_user" ("id") DEFERRABLE INITIALLY DEFERRED,
  "organisation_id" bigint NOT NULL REFERENCES "events_organisation" ("id") DEFERRABLE INITIALLY DEFERRED,
  "delegation_id" bigint NOT NULL REFERENCES "delegations_delegation" ("id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT "declined_with_a_reason" CHECK ((NOT ("status" = 'declined') OR NOT ("reason" = ''))),
  CONSTRAINT "accepted_until" CHECK ((NOT ("status" = 'accepted') OR "confirm_by" IS NOT NULL)),
  CONSTRAINT "submitted_at_a_moment" CHECK (("status" IN ('draft', 'withdrawn') OR "submitted_at" IS NOT NULL)));
CREATE TABLE "delegations_attendance" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
  "attendee_id" bigint NOT NULL UNIQUE REFERENCES "events_attendee" ("id") DEFERRABLE INITIALLY DEFERRED,
  "delegate_id" bigint NULL REFERENCES "delegations_delegate" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "delegations_decision" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
  "status" varchar(20) NOT NULL,
  "application_id" bigint NOT NULL REFERENCES "delegations_application" ("id") DEFERRABLE INITIALLY DEFERRED,
  "delivery_id" bigint NOT NULL UNIQUE REFERENCES "events_delivery" ("id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT "decision_told_once" UNIQUE ("application_id",
  "status"));
CREATE TABLE "delegations_delegate" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
  "label" varchar(200) NOT NULL,
  "label_en" varchar(200) NULL,
  "label_zh_hans" varchar(200) NULL,
  "label_zh_hant" varchar(200) NULL,
  "capacity" varchar(11) NOT NULL,
  "precedence" smallint unsigned NULL CHECK ("precedence" >= 0),
  "counted" bool NOT NULL,
  "application_id" bigint NULL REFERENCES "delegations_application" ("id") DEFERRABLE INITIALLY DEFERRED,
  "appointment_id" bigint NULL REFERENCES "events_appointment" ("id") DEFERRABLE INITIALLY DEFERRED,
  "organisation_id" bigint NULL REFERENCES "events_organisation" ("id") DEFERRABLE INITIALLY DEFERRED,
  "person_id" bigint NULL REFERENCES "events_person" ("id") DEFERRABLE INITIALLY DEFERRED,
  "delegation_id" bigint NOT NULL REFERENCES "delegations_delegation" ("id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT "person_once_per_delegation" UNIQUE ("delegation_id",
  "person_id"),
  CONSTRAINT "precedence_once_per_delegation" UNIQUE ("delegation_id",
  "precedence"),
  CONSTRAINT "delegate_is_somebody" CHECK (("person_id" IS NOT NULL OR NOT ("label" = ''))));
CREATE TABLE "delegations_delegate_legs" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
  "delegate_id" bigint NOT NULL REFERENCES "delegations_delegate" ("id") DEFERRABLE INITIALLY DEFERRED,
  "leg_id" bigint NOT NULL REFERENCES "delegations_leg" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "delegations_delegation" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
  "slug" varchar(120) NOT NULL UNIQUE,
  "name" varchar(250) NOT NULL,
  "name_en" varchar(250) NULL,
  "name_zh_hans" varchar(250) NULL,
  "name_zh_hant" varchar(250) NULL,
  "kind" varchar(20) NOT NULL,
  "direction" varchar(8) NOT NULL,
  "status" varchar(10) NOT NULL,
  "purpose" text NOT NULL,
  "purpose_en" text NULL,
  "purpose_zh_hans" text NULL,
  "purpose_zh_hant" text NULL,
  "criteria" text NOT NULL,
  "criteria_en" text NULL,
  "criteria_zh_hans" text NULL,
  "criteria_zh_hant" text NULL,
  "quota" integer unsigned NULL CHECK ("quota" >= 0),
  "organisation_quota" integer unsigned NULL CHECK ("organisation_quota" >= 0),
  "fee" decimal NULL,
  "currency" varchar(3) NOT NULL,
  "invitation_ref" varchar(120) NOT NULL,
  "origin" varchar(8) NOT NULL,
  "applications_close_id" bigint NULL UNIQUE REFERENCES "events_event" ("id") DEFERRABLE INITIALLY DEFERRED,
  "mission_id" bigint NULL UNIQUE REFERENCES "events_event" ("id") DEFERRABLE INITIALLY DEFERRED,
  "organiser_id" bigint NULL REFERENCES "events_organisation" ("id") DEFERRABLE INITIALLY DEFERRED,
  "sending_organisation_id" bigint NULL REFERENCES "events_organisation" ("id") DEFERRABLE INITIALLY DEFERRED,
  "team_id" bigint NULL REFERENCES "events_team" ("id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT "managed_delegation_has_team_and_mission" CHECK (("origin" = 'reported' OR ("mission_id" IS NOT NULL AND "team_id" IS NOT NULL))),
  CONSTRAINT "fee_has_a_currency" CHECK (("fee" IS NULL OR NOT ("currency" = ''))));
CREATE TABLE "delegations_delegation_sectors" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
  "delegation_id" bigint NOT NULL REFERENCES "delegations_delegation" ("id") DEFERRABLE INITIALLY DEFERRED,
  "sector_id" bigint NOT NULL REFERENCES "events_sector" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "delegations_historicalapplication" ("id" bigint NOT NULL,
  "status" varchar(14) NOT NULL,
  "statement" text NOT NULL,
  "vetting" text NOT NULL,
  "question" text NOT NULL,
  "reply" text NOT NULL,
  "submitted_at" datetime NULL,
  "decided_at" datetime NULL,
  "reason" text NOT NULL,
  "confirm_by" datetime NULL,
  "history_id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
  "history_date" datetime NOT NULL,
  "history_change_reason" varchar(100) NULL,
  "history_type" varchar(1) NOT NULL,
  "contact_id" bigint NULL,
  "decided_by_id" bigint NULL,
  "delegation_id" bigint NULL,
  "history_user_id" bigint NULL REFERENCES "events_user" ("id") DEFERRABLE INITIALLY DEFERRED,
  "organisation_id" bigint NULL);
CREATE TABLE "delegations_historicaldelegate" ("id" bigint NOT NULL,
  "label" varchar(200) NOT NULL,
  "label_en" varchar(200) NULL,
  "label_zh_hans" varchar(200) NULL,
  "label_zh_hant" varchar(200) NULL,
  "capacity" varchar(11) NOT NULL,
  "precedence" smallint unsigned NULL CHECK ("precedence" >= 0),
  "counted" bool NOT NULL,
  "history_id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
  "history_date" datetime NOT NULL,
  "history_change_reason" varchar(100) NULL,
  "history_type" varchar(1) NOT NULL,
  "application_id" bigint NULL,
  "appointment_id" bigint NULL,
  "delegation_id" bigint NULL,
  "history_user_id" bigint NULL REFERENCES "events_user" ("id") DEFERRABLE INITIALLY DEFERRED,
  "organisation_id" bigint NULL,
  "person_id" bigint NULL);
CREATE TABLE "delegations_historicaldelegation" ("id" bigint NOT NULL,
  "slug" varchar(120) NOT NULL,
  "name" varchar(250) NOT NULL,
  "name_en" varchar(250) NULL,
  "name_zh_hans" varchar(250) NULL,
  "name_zh_hant" varchar(250) NULL,
  "kind" varchar(20) NOT NULL,
  "direction" varchar(8) NOT NULL,
  "status" varchar(10) NOT NULL,
  "purpose" text NOT NULL,
  "purpose_en" text NULL,
  "purpose_zh_hans" text NULL,
  "purpose_zh_hant" text NULL,
  "criteria" text NOT NULL,
  "criteria_en" text NULL,
  "criteria_zh_hans" text NULL,
  "criteria_zh_hant" text NULL,
  "quota" integer unsigned NULL CHECK ("quota" >= 0),
  "organisation_quota" integer unsigned NULL CHECK ("organisation_quota" >= 0),
  "fee" decimal NULL,
  "currency" varchar(3) NOT NULL,
  "invitation_ref" varchar(120) NOT NULL,
  "origin" varchar(8) NOT NULL,
  "history_id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
  "history_date" datetime NOT NULL,
  "history_change_reason" varchar(100) NULL,
  "history_type" varchar(1) NOT NULL,
  "applications_close_id" bigint NULL,
  "history_user_id" bigint NULL REFERENCES "events_user" ("id") DEFERRABLE INITIALLY DEFERRED,
  "mission_id" bigint NULL,
  "organiser_id" bigint NULL,
  "sending_organisation_id" bigint NULL,
  "team_id" bigint NULL);
CREATE TABLE "delegations_historicalleg" ("id" bigint NOT NULL,
  "history_id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
  "history_date" datetime NOT NULL,
  "history_change_reason" varchar(100) NULL,
  "history_type" varchar(1) NOT NULL,
  "arrival_id" bigint NULL,
  "delegation_id" bigint NULL,
  "departure_id" bigint NULL,
  "history_user_id" bigint NULL REFERENCES "events_user" ("id") DEFERRABLE INITIALLY DEFERRED,
  "host_id" bigint NULL,
  "liaison_id" bigint NULL,
  "stay_id" bigint NULL);
CREATE TABLE "delegations_leg" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
  "arrival_id" bigint NULL UNIQUE REFERENCES "events_event" ("id") DEFERRABLE INITIALLY DEFERRED,
  "delegation_id" bigint NOT NULL REFERENCES "delegations_delegation" ("id") DEFERRABLE INITIALLY DEFERRED,
  "departure_id" bigint NULL UNIQUE REFERENCES "events_event" ("id") DEFERRABLE INITIALLY DEFERRED,
  "host_id" bigint NULL REFERENCES "events_organisation" ("id") DEFERRABLE INITIALLY DEFERRED,
  "liaison_id" bigint NULL REFERENCES "events_person" ("id") DEFERRABLE INITIALLY DEFERRED,
  "stay_id" bigint NOT NULL UNIQUE REFERENCES "events_event" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "delegations_nominee" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
  "label" varchar(200) NOT NULL,
  "label_en" varchar(200) NULL,
  "label_zh_hans" varchar(200) NULL,
  "label_zh_hant" varchar(200) NULL,
  "capacity" varchar(11) NOT NULL,
  "application_id" bigint NOT NULL REFERENCES "delegations_application" ("id") DEFERRABLE INITIALLY DEFERRED,
  "appointment_id" bigint NULL REFERENCES "events_appointment" ("id") DEFERRABLE INITIALLY DEFERRED,
  "person_id" bigint NULL REFERENCES "events_person" ("id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT "person_once_per_application" UNIQUE ("application_id",
  "person_id"),
  CONSTRAINT "nominee_is_somebody" CHECK (("person_id" IS NOT NULL OR NOT ("label" = ''))));
CREATE TABLE "django_admin_log" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
  "object_id" text NULL,
  "object_repr" varchar(200) NOT NULL,
  "action_flag" smallint unsigned NOT NULL CHECK ("action_flag" >= 0),
  "change_message" text NOT NULL,
  "content_type_id" integer NULL REFERENCES "django_content_type" ("id") DEFERRABLE INITIALLY DEFERRED,
  "user_id" bigint NOT NULL REFERENCES "events_user" ("id") DEFERRABLE INITIALLY DEFERRED,
  "action_time" datetime NOT NULL);
CREATE TABLE "django_content_type" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
  "app_label" varchar(100) NOT NULL,
  "model" varchar(100) NOT NULL);
CREATE TABLE "django_migrations" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
  "app" varchar(255) NOT NULL,
  "name" varchar(255) NOT NULL,
  "applied" datetime NOT NULL);
CREATE TABLE "django_session" ("session_key" varchar(40) NOT NULL PRIMARY KEY,
  "session_data" text NOT NULL,
  "expire_date" datetime NOT NULL);
CREATE TABLE "events_appointment" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
  "title" varchar(200) NOT NULL,
  "title_en" varchar(200) NULL,
  "title_zh_hans" varchar(200) NULL,
  "title_zh_hant" varchar(200) NULL,
  "valid_from" date NULL,
  "valid_to" date NULL,
  "as_of" date NULL,
  "rank" smallint unsigned NOT NULL CHECK ("rank" >= 0),
  "organisation_id" bigint NULL REFERENCES "events_organisation" ("id") DEFERRABLE INITIALLY DEFERRED,
  "person_id" bigint NOT NULL REFERENCES "events_person" ("id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT "appointment_ends_after_it_begins" CHECK (("valid_to" IS NULL OR "valid_from" IS NULL OR "valid_to" >= ("valid_from"))));
CREATE TABLE "events_attendee" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
  "label" varchar(200) NOT NULL,
  "label_en" varchar(200) NULL,
  "label_zh_hans" varchar(200) NULL,
  "label_zh_hant" varchar(200) NULL,
  "role" varchar(15) NOT NULL,
  "position" smallint unsigned NOT NULL CHECK ("position" >= 0),
  "answer" varchar(12) NOT NULL,
  "place" varchar(10) NOT NULL,
  "waitlisted_at" datetime NULL,
  "presence" varchar(10) NOT NULL,
  "tags" text NOT NULL CHECK ((JSON_VALID("tags") OR "tags" IS NULL)),
  "language" varchar(8) NOT NULL,
  "created_at" datetime DEFAULT (STRFTIME('%Y-%m-%d %H:%M:%f', 'NOW')) NOT NULL,
  "answered_at" datetime NULL,
  "checked_in_at" datetime NULL,
  "notes" text NOT NULL,
  "appointment_id" bigint NULL REFERENCES "events_appointment" ("id") DEFERRABLE INITIALLY DEFERRED,
  "event_id" bigint NOT NULL REFERENCES "events_event" ("id") DEFERRABLE INITIALLY DEFERRED,
  "hub_id" bigint NULL REFERENCES "events_eventplace" ("id") DEFERRABLE INITIALLY DEFERRED,
  "representing_id" bigint NULL REFERENCES "events_organisation" ("id") DEFERRABLE INITIALLY DEFERRED,
  "invited_by_id" bigint NULL REFERENCES "events_person" ("id") DEFERRABLE INITIALLY DEFERRED,
  "person_id" bigint NULL REFERENCES "events_person" ("id") DEFERRABLE INITIALLY DEFERRED,
  "substitute_for_id" bigint NULL REFERENCES "events_attendee" ("id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT "person_once_per_event" UNIQUE ("event_id",
  "person_id"),
  CONSTRAINT "attendee_is_somebody" CHECK (("person_id" IS NOT NULL OR NOT ("label" = ''))),
  CONSTRAINT "attendee_waits_since" CHECK ((("place" = 'waitlisted' AND "waitlisted_at" IS NOT NULL) OR (NOT ("place" = 'waitlisted') AND "waitlisted_at" IS NULL))),
  CONSTRAINT "attendee_who_declined_has_no_place" CHECK ((NOT ("answer" IN ('declined', 'delegated')) OR "place" IN ('none', 'cancelled'))),
  CONSTRAINT "attendee_checked_in_at" CHECK ((NOT ("presence" = 'checked_in') OR "checked_in_at" IS NOT NULL)));
CREATE TABLE "events_calendarchange" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
  "public" bool NOT NULL,
  "at" datetime NOT NULL,
  "attended_in_id" bigint NULL REFERENCES "events_event" ("id") DEFERRABLE INITIALLY DEFERRED,
  "tree_id" bigint NULL REFERENCES "events_event" ("id") DEFERRABLE INITIALLY DEFERRED,
  "person_id" bigint NULL REFERENCES "events_person" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "events_calendarfeed" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
  "name" varchar(100) NOT NULL,
  "role" varchar(15) NOT NULL,
  "language" varchar(8) NOT NULL,
  "alarm" smallint unsigned NULL CHECK ("alarm" >= 0),
  "tentative" bool NOT NULL,
  "past_days" smallint unsigned NOT NULL CHECK ("past_days" >= 0),
  "token_hash" varchar(64) NOT NULL UNIQUE,
  "hint" varchar(6) NOT NULL,
  "created_at" datetime NOT NULL,
  "revoked_at" datetime NULL,
  "last_read_at" datetime NULL,
  "event_id" bigint NULL REFERENCES "events_event" ("id") DEFERRABLE INITIALLY DEFERRED,
  "person_id" bigint NULL REFERENCES "events_person" ("id") DEFERRABLE INITIALLY DEFERRED,
  "team_id" bigint NOT NULL REFERENCES "events_team" ("id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT "feed_is_of_somebody_or_something" CHECK (("person_id" IS NOT NULL OR "event_id" IS NOT NULL)),
  CONSTRAINT "feed_of_a_role_is_nobodys_own" CHECK (("role" = '' OR "person_id" IS NULL)));
CREATE TABLE "events_delivery" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
  "public_uuid" char(32) NOT NULL UNIQUE,
  "kind" varchar(8) NOT NULL,
  "dedup_key" varchar(64) NOT NULL UNIQUE,
  "language" varchar(8) NOT NULL,
  "zone" varchar(64) NOT NULL,
  "due_at" datetime NOT NULL,
  "expires_at" datetime NOT NULL,
  "claim_at" datetime NULL,
  "state" varchar(10) NOT NULL,
  "attempts" smallint unsigned NOT NULL CHECK ("attempts" >= 0),
  "lease_token" char(32) NULL,
  "lease_until" datetime NULL,
  "leased_by" varchar(100) NOT NULL,
  "unknowns" smallint unsigned NOT NULL CHECK ("unknowns" >= 0),
  "generation" smallint unsigned NOT NULL CHECK ("generation" >= 0),
  "sequence" integer unsigned NULL CHECK ("sequence" >= 0),
  "revision" integer unsigned NULL CHECK ("revision" >= 0),
  "said" varchar(64) NOT NULL,
  "sent_at" datetime NULL,
  "detail" varchar(300) NOT NULL,
  "reason" varchar(10) NOT NULL,
  "attendee_id" bigint NULL REFERENCES "events_attendee" ("id") DEFERRABLE INITIALLY DEFERRED,
  "event_id" bigint NOT NULL REFERENCES "events_event" ("id") DEFERRABLE INITIALLY DEFERRED,
  "batch_id" bigint NULL REFERENCES "events_noticebatch" ("id") DEFERRABLE INITIALLY DEFERRED,
  "person_id" bigint NOT NULL REFERENCES "events_person" ("id") DEFERRABLE INITIALLY DEFERRED,
  "occurrence_id" bigint NULL REFERENCES "events_reminderoccurrence" ("id") DEFERRABLE INITIALLY DEFERRED,
  "team_id" bigint NULL REFERENCES "events_team" ("id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT "delivery_claimable_only_when_pending" CHECK (("claim_at" IS NULL OR "state" = 'pending')),
  CONSTRAINT "delivery_leased_only_while_in_hand" CHECK (("lease_token" IS NULL OR "state" IN ('leased', 'sending'))));
CREATE TABLE "events_event" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
  "precision" varchar(9) NOT NULL,
  "basis" varchar(8) NOT NULL,
  "qualifier" varchar(1) NOT NULL,
  "start_on" date NULL,
  "start_time" time NULL,
  "end_on" date NULL,
  "end_time" time NULL,
  "timezone" varchar(64) NOT NULL,
  "end_timezone" varchar(64) NOT NULL,
  "start_at" datetime NULL,
  "end_at" datetime NULL,
  "date_text" varchar(100) NOT NULL,
  "uid" char(32) NOT NULL UNIQUE,
  "slug" varchar(120) NOT NULL UNIQUE,
  "title" varchar(300) NOT NULL,
  "title_en" varchar(300) NULL,
  "title_zh_hans" varchar(300) NULL,
  "title_zh_hant" varchar(300) NULL,
  "description" text NOT NULL,
  "description_en" text NULL,
  "description_zh_hans" text NULL,
  "description_zh_hant" text NULL,
  "kind" varchar(20) NOT NULL,
  "status" varchar(9) NOT NULL,
  "cancellation_reason" varchar(300) NOT NULL,
  "edition" smallint unsigned NULL CHECK ("edition" >= 0),
  "audience" varchar(9) NOT NULL,
  "attendance_mode" varchar(9) NOT NULL,
  "visibility" varchar(12) NOT NULL,
  "in_calendar" bool NOT NULL,
  "capacity" integer unsigned NULL CHECK ("capacity" >= 0),
  "team_reminders" bool NOT NULL,
  "url" varchar(500) NOT NULL,
  "stream_url" varchar(500) NOT NULL,
  "origin" varchar(8) NOT NULL,
  "sequence" integer unsigned NOT NULL CHECK ("sequence" >= 0),
  "revision" integer unsigned NOT NULL CHECK ("revision" >= 0),
  "schedule_epoch" integer unsigned NOT NULL CHECK ("schedule_epoch" >= 0),
  "created_at" datetime NOT NULL,
  "changed_at" datetime NOT NULL,
  "series_id" bigint NULL REFERENCES "events_eventseries" ("id") DEFERRABLE INITIALLY DEFERRED,
  "end_place_id" bigint NULL REFERENCES "events_place" ("id") DEFERRABLE INITIALLY DEFERRED,
  "place_id" bigint NULL REFERENCES "events_place" ("id") DEFERRABLE INITIALLY DEFERRED,
  "team_id" bigint NULL REFERENCES "events_team" ("id") DEFERRABLE INITIALLY DEFERRED,
  "after_id" bigint NULL REFERENCES "events_event" ("id") DEFERRABLE INITIALLY DEFERRED,
  "parent_id" bigint NULL REFERENCES "events_event" ("id") DEFERRABLE INITIALLY DEFERRED,
  "previous_related_id" bigint NULL REFERENCES "events_event" ("id") DEFERRABLE INITIALLY DEFERRED,
  "registration_closes_id" bigint NULL UNIQUE REFERENCES "events_event" ("id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT "event_known_has_a_first_day" CHECK (("precision" = 'unknown' OR "start_on" IS NOT NULL)),
  CONSTRAINT "event_last_day_after_first" CHECK (("end_on" IS NULL OR "end_on" >= ("start_on") OR NOT ("end_timezone" = ''))),
  CONSTRAINT "event_ends_after_it_starts" CHECK (("end_at" IS NULL OR "end_at" >= ("start_at"))),
  CONSTRAINT "event_time_has_moment_and_zone" CHECK ((NOT ("precision" = 'time') OR ("start_at" IS NOT NULL AND "start_time" IS NOT NULL AND NOT ("timezone" = '')))),
  CONSTRAINT "event_day_has_zone_and_no_clock" CHECK ((NOT ("precision" = 'day') OR ("end_time" IS NULL AND "start_at" IS NOT NULL AND "start_time" IS NULL AND NOT ("timezone" = '')))),
  CONSTRAINT "event_window_is_closed" CHECK (("precision" IN ('time', 'day', 'unknown') OR ("end_at" IS NULL AND "end_on" IS NOT NULL AND "start_at" IS NULL))),
  CONSTRAINT "edition_once_per_series" UNIQUE ("series_id",
  "edition"),
  CONSTRAINT "edition_has_a_series" CHECK (("edition" IS NULL OR "series_id" IS NOT NULL)),
  CONSTRAINT "event_not_in_itself" CHECK (NOT ("parent_id" = ("id") AND "parent_id" IS NOT NULL)),
  CONSTRAINT "event_not_after_itself" CHECK (NOT ("after_id" = ("id") AND "after_id" IS NOT NULL)),
  CONSTRAINT "managed_event_has_a_team" CHECK (("origin" = 'reported' OR "team_id" IS NOT NULL)));
CREATE TABLE "events_event_sectors" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
  "event_id" bigint NOT NULL REFERENCES "events_event" ("id") DEFERRABLE INITIALLY DEFERRED,
  "sector_id" bigint NOT NULL REFERENCES "events_sector" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "events_eventchange" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
  "before" text NOT NULL CHECK ((JSON_VALID("before") OR "before" IS NULL)),
  "event_id" bigint NOT NULL REFERENCES "events_event" ("id") DEFERRABLE INITIALLY DEFERRED,
  "batch_id" bigint NOT NULL REFERENCES "events_noticebatch" ("id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT "change_once_per_batch" UNIQUE ("batch_id",
  "event_id"));
CREATE TABLE "events_eventchange_people" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
  "eventchange_id" bigint NOT NULL REFERENCES "events_eventchange" ("id") DEFERRABLE INITIALLY DEFERRED,
  "person_id" bigint NOT NULL REFERENCES "events_person" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "events_eventorganisation" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
  "role" varchar(15) NOT NULL,
  "position" smallint unsigned NOT NULL CHECK ("position" >= 0),
  "stand" varchar(20) NOT NULL,
  "event_id" bigint NOT NULL REFERENCES "events_event" ("id") DEFERRABLE INITIALLY DEFERRED,
  "organisation_id" bigint NOT NULL REFERENCES "events_organisation" ("id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT "organisation_once_per_role" UNIQUE ("event_id",
  "organisation_id",
  "role"));
CREATE TABLE "events_eventplace" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
  "role" varchar(5) NOT NULL,
  "position" smallint unsigned NOT NULL CHECK ("position" >= 0),
  "direction" varchar(4) NOT NULL,
  "stream_url" varchar(500) NOT NULL,
  "capacity" integer unsigned NULL CHECK ("capacity" >= 0),
  "event_id" bigint NOT NULL REFERENCES "events_event" ("id") DEFERRABLE INITIALLY DEFERRED,
  "place_id" bigint NOT NULL REFERENCES "events_place" ("id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT "place_once_per_role" UNIQUE ("event_id",
  "place_id",
  "role"));
CREATE TABLE "events_eventseries" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
  "slug" varchar(80) NOT NULL UNIQUE,
  "name" varchar(250) NOT NULL,
  "name_en" varchar(250) NULL,
  "name_zh_hans" varchar(250) NULL,
  "name_zh_hant" varchar(250) NULL,
  "kind" varchar(12) NOT NULL,
  "established" varchar(32) NOT NULL,
  "cadence" varchar(200) NOT NULL,
  "cadence_en" varchar(200) NULL,
  "cadence_zh_hans" varchar(200) NULL,
  "cadence_zh_hant" varchar(200) NULL,
  "place_id" bigint NULL REFERENCES "events_place" ("id") DEFERRABLE INITIALLY DEFERRED,
  "team_id" bigint NULL REFERENCES "events_team" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "events_evidence" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
  "object_id" bigint unsigned NOT NULL CHECK ("object_id" >= 0),
  "field" varchar(60) NOT NULL,
  "basis" varchar(8) NOT NULL,
  "line" integer unsigned NULL CHECK ("line" >= 0),
  "reference" varchar(300) NOT NULL,
  "note" text NOT NULL,
  "content_type_id" integer NOT NULL REFERENCES "django_content_type" ("id") DEFERRABLE INITIALLY DEFERRED,
  "source_id" bigint NULL REFERENCES "events_source" ("id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT "stated_evidence_has_a_line" CHECK ((NOT ("basis" = 'stated') OR ("line" IS NOT NULL AND "source_id" IS NOT NULL))),
  CONSTRAINT "outside_evidence_has_a_reference" CHECK ((NOT ("basis" = 'outside') OR NOT ("reference" = ''))));
CREATE TABLE "events_feedstate" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
  "language" varchar(8) NOT NULL,
  "version" varchar(16) NOT NULL,
  "changes" bigint unsigned NOT NULL CHECK ("changes" >= 0),
  "total" bigint unsigned NOT NULL CHECK ("total" >= 0),
  "etag" varchar(40) NOT NULL,
  "modified" bigint unsigned NOT NULL CHECK ("modified" >= 0),
  "valid_until" datetime NULL,
  "packed" BLOB NOT NULL,
  "feed_id" bigint NOT NULL REFERENCES "events_calendarfeed" ("id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT "state_once_per_language" UNIQUE ("feed_id",
  "language"));
CREATE TABLE "events_feedtree" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
  "event_id" bigint NOT NULL REFERENCES "events_event" ("id") DEFERRABLE INITIALLY DEFERRED,
  "state_id" bigint NOT NULL REFERENCES "events_feedstate" ("id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT "tree_once_per_state" UNIQUE ("state_id",
  "event_id"));
CREATE TABLE "events_figure" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
  "slug" varchar(50) NOT NULL UNIQUE,
  "value" decimal NULL,
  "unit" varchar(200) NOT NULL,
  "unit_en" varchar(200) NULL,
  "unit_zh_hans" varchar(200) NULL,
  "unit_zh_hant" varchar(200) NULL,
  "comparator" varchar(8) NOT NULL,
  "period" varchar(32) NOT NULL,
  "event_id" bigint NULL REFERENCES "events_event" ("id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT "figure_says_something" CHECK (("value" IS NOT NULL OR NOT ("period" = ''))));
CREATE TABLE "events_heartbeat" ("name" varchar(40) NOT NULL PRIMARY KEY,
  "at" datetime NOT NULL);
CREATE TABLE "events_historicalattendee" ("id" bigint NOT NULL,
  "label" varchar(200) NOT NULL,
  "label_en" varchar(200) NULL,
  "label_zh_hans" varchar(200) NULL,
  "label_zh_hant" varchar(200) NULL,
  "role" varchar(15) NOT NULL,
  "position" smallint unsigned NOT NULL CHECK ("position" >= 0),
  "answer" varchar(12) NOT NULL,
  "place" varchar(10) NOT NULL,
  "waitlisted_at" datetime NULL,
  "presence" varchar(10) NOT NULL,
  "tags" text NOT NULL CHECK ((JSON_VALID("tags") OR "tags" IS NULL)),
  "language" varchar(8) NOT NULL,
  "created_at" datetime DEFAULT (STRFTIME('%Y-%m-%d %H:%M:%f', 'NOW')) NOT NULL,
  "answered_at" datetime NULL,
  "checked_in_at" datetime NULL,
  "notes" text NOT NULL,
  "history_id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
  "history_date" datetime NOT NULL,
  "history_change_reason" varchar(100) NULL,
  "history_type" varchar(1) NOT NULL,
  "appointment_id" bigint NULL,
  "event_id" bigint NULL,
  "history_user_id" bigint NULL REFERENCES "events_user" ("id") DEFERRABLE INITIALLY DEFERRED,
  "hub_id" bigint NULL,
  "substitute_for_id" bigint NULL,
  "representing_id" bigint NULL,
  "invited_by_id" bigint NULL,
  "person_id" bigint NULL);
CREATE TABLE "events_historicalevent" ("id" bigint NOT NULL,
  "precision" varchar(9) NOT NULL,
  "basis" varchar(8) NOT NULL,
  "qualifier" varchar(1) NOT NULL,
  "start_on" date NULL,
  "start_time" time NULL,
  "end_on" date NULL,
  "end_time" time NULL,
  "timezone" varchar(64) NOT NULL,
  "end_timezone" varchar(64) NOT NULL,
  "start_at" datetime NULL,
  "end_at" datetime NULL,
  "date_text" varchar(100) NOT NULL,
  "uid" char(32) NOT NULL,
  "slug" varchar(120) NOT NULL,
  "title" varchar(300) NOT NULL,
  "title_en" varchar(300) NULL,
  "title_zh_hans" varchar(300) NULL,
  "title_zh_hant" varchar(300) NULL,
  "description" text NOT NULL,
  "description_en" text NULL,
  "description_zh_hans" text NULL,
  "description_zh_hant" text NULL,
  "kind" varchar(20) NOT NULL,
  "status" varchar(9) NOT NULL,
  "cancellation_reason" varchar(300) NOT NULL,
  "edition" smallint unsigned NULL CHECK ("edition" >= 0),
  "audience" varchar(9) NOT NULL,
  "attendance_mode" varchar(9) NOT NULL,
  "visibility" varchar(12) NOT NULL,
  "in_calendar" bool NOT NULL,
  "capacity" integer unsigned NULL CHECK ("capacity" >= 0),
  "team_reminders" bool NOT NULL,
  "url" varchar(500) NOT NULL,
  "stream_url" varchar(500) NOT NULL,
  "origin" varchar(8) NOT NULL,
  "sequence" integer unsigned NOT NULL CHECK ("sequence" >= 0),
  "revision" integer unsigned NOT NULL CHECK ("revision" >= 0),
  "schedule_epoch" integer unsigned NOT NULL CHECK ("schedule_epoch" >= 0),
  "created_at" datetime NOT NULL,
  "changed_at" datetime NOT NULL,
  "history_id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
  "history_date" datetime NOT NULL,
  "history_change_reason" varchar(100) NULL,
  "history_type" varchar(1) NOT NULL,
  "after_id" bigint NULL,
  "history_user_id" bigint NULL REFERENCES "events_user" ("id") DEFERRABLE INITIALLY DEFERRED,
  "parent_id" bigint NULL,
  "previous_related_id" bigint NULL,
  "registration_closes_id" bigint NULL,
  "series_id" bigint NULL,
  "end_place_id" bigint NULL,
  "place_id" bigint NULL,
  "team_id" bigint NULL);
CREATE TABLE "events_historicalorganisation" ("id" bigint NOT NULL,
  "slug" varchar(80) NOT NULL,
  "name" varchar(250) NOT NULL,
  "name_en" varchar(250) NULL,
  "name_zh_hans" varchar(250) NULL,
  "name_zh_hant" varchar(250) NULL,
  "short_name" varchar(60) NOT NULL,
  "short_name_en" varchar(60) NULL,
  "short_name_zh_hans" varchar(60) NULL,
  "short_name_zh_hant" varchar(60) NULL,
  "aliases" text NOT NULL CHECK ((JSON_VALID("aliases") OR "aliases" IS NULL)),
  "kind" varchar(20) NOT NULL,
  "search_key" varchar(1500) NOT NULL,
  "named" bool NOT NULL,
  "headcount_text" varchar(100) NOT NULL,
  "history_id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
  "history_date" datetime NOT NULL,
  "history_change_reason" varchar(100) NULL,
  "history_type" varchar(1) NOT NULL,
  "history_user_id" bigint NULL REFERENCES "events_user" ("id") DEFERRABLE INITIALLY DEFERRED,
  "parent_id" bigint NULL,
  "place_id" bigint NULL,
  "team_id" bigint NULL);
CREATE TABLE "events_historicalperson" ("id" bigint NOT NULL,
  "slug" varchar(80) NOT NULL,
  "name" varchar(200) NOT NULL,
  "name_en" varchar(200) NULL,
  "name_zh_hans" varchar(200) NULL,
  "name_zh_hant" varchar(200) NULL,
  "family_name" varchar(100) NOT NULL,
  "given_name" varchar(100) NOT NULL,
  "western_name" varchar(100) NOT NULL,
  "name_order" varchar(13) NOT NULL,
  "honorific" varchar(40) NOT NULL,
  "language" varchar(8) NOT NULL,
  "timezone" varchar(64) NOT NULL,
  "email" varchar(254) NOT NULL,
  "phone" varchar(20) NOT NULL,
  "aliases" text NOT NULL CHECK ((JSON_VALID("aliases") OR "aliases" IS NULL)),
  "sort_key" varchar(300) NOT NULL,
  "search_key" varchar(1500) NOT NULL,
  "erased_at" datetime NULL,
  "history_id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
  "history_date" datetime NOT NULL,
  "history_change_reason" varchar(100) NULL,
  "history_type" varchar(1) NOT NULL,
  "history_user_id" bigint NULL REFERENCES "events_user" ("id") DEFERRABLE INITIALLY DEFERRED,
  "team_id" bigint NULL);
CREATE TABLE "events_historicalplace" ("id" bigint NOT NULL,
  "slug" varchar(80) NOT NULL,
  "name" varchar(200) NOT NULL,
  "name_en" varchar(200) NULL,
  "name_zh_hans" varchar(200) NULL,
  "name_zh_hant" varchar(200) NULL,
  "kind" varchar(20) NOT NULL,
  "country" varchar(2) NOT NULL,
  "subdivision" varchar(6) NOT NULL,
  "unlocode" varchar(5) NOT NULL,
  "timezone" varchar(64) NOT NULL,
  "address" varchar(300) NOT NULL,
  "latitude" decimal NULL,
  "longitude" decimal NULL,
  "capacity" integer unsigned NULL CHECK ("capacity" >= 0),
  "history_id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
  "history_date" datetime NOT NULL,
  "history_change_reason" varchar(100) NULL,
  "history_type" varchar(1) NOT NULL,
  "history_user_id" bigint NULL REFERENCES "events_user" ("id") DEFERRABLE INITIALLY DEFERRED,
  "parent_id" bigint NULL,
  "team_id" bigint NULL);
CREATE TABLE "events_importedevent" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
  "source" varchar(200) NOT NULL,
  "uid" varchar(255) NOT NULL,
  "key" varchar(16) NOT NULL,
  "sequence" integer unsigned NOT NULL CHECK ("sequence" >= 0),
  "modified_at" datetime NULL,
  "read_at" datetime NOT NULL,
  "said" text NOT NULL CHECK ((JSON_VALID("said") OR "said" IS NULL)),
  "event_id" bigint NOT NULL UNIQUE REFERENCES "events_event" ("id") DEFERRABLE INITIALLY DEFERRED,
  "team_id" bigint NOT NULL REFERENCES "events_team" ("id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT "foreign_event_once_per_team" UNIQUE ("team_id",
  "uid",
  "key"));
CREATE TABLE "events_mailbreaker" ("id" smallint unsigned NOT NULL PRIMARY KEY CHECK ("id" >= 0),
  "failures" integer unsigned NOT NULL CHECK ("failures" >= 0),
  "opened_at" datetime NULL,
  "probe_at" datetime NULL,
  "detail" varchar(300) NOT NULL,
  CONSTRAINT "one_mail_breaker" CHECK ("id" = 1));
CREATE TABLE "events_membership" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
  "role" varchar(10) NOT NULL,
  "user_id" bigint NOT NULL REFERENCES "events_user" ("id") DEFERRABLE INITIALLY DEFERRED,
  "team_id" bigint NOT NULL REFERENCES "events_team" ("id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT "membership_once_per_team" UNIQUE ("user_id",
  "team_id"));
CREATE TABLE "events_noticebatch" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
  "opened_at" datetime NOT NULL,
  "claim_at" datetime NULL,
  "team_id" bigint NOT NULL REFERENCES "events_team" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "events_openedcalendar" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
  "key" varchar(43) NOT NULL UNIQUE,
  "source" varchar(200) NOT NULL,
  "body" BLOB NOT NULL,
  "language" varchar(8) NOT NULL,
  "timezone" varchar(64) NOT NULL,
  "kind" varchar(20) NOT NULL,
  "visibility" varchar(12) NOT NULL,
  "opened_at" datetime NOT NULL,
  "user_id" bigint NOT NULL REFERENCES "events_user" ("id") DEFERRABLE INITIALLY DEFERRED,
  "team_id" bigint NOT NULL REFERENCES "events_team" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "events_optout" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
  "kind" varchar(8) NOT NULL,
  "since" datetime NOT NULL,
  "person_id" bigint NOT NULL REFERENCES "events_person" ("id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT "opt_out_once_per_kind" UNIQUE ("person_id",
  "kind"));
CREATE TABLE "events_organisation" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
  "slug" varchar(80) NOT NULL UNIQUE,
  "name" varchar(250) NOT NULL,
  "name_en" varchar(250) NULL,
  "name_zh_hans" varchar(250) NULL,
  "name_zh_hant" varchar(250) NULL,
  "short_name" varchar(60) NOT NULL,
  "short_name_en" varchar(60) NULL,
  "short_name_zh_hans" varchar(60) NULL,
  "short_name_zh_hant" varchar(60) NULL,
  "aliases" text NOT NULL CHECK ((JSON_VALID("aliases") OR "aliases" IS NULL)),
  "kind" varchar(20) NOT NULL,
  "search_key" varchar(1500) NOT NULL,
  "named" bool NOT NULL,
  "headcount_text" varchar(100) NOT NULL,
  "place_id" bigint NULL REFERENCES "events_place" ("id") DEFERRABLE INITIALLY DEFERRED,
  "team_id" bigint NULL REFERENCES "events_team" ("id") DEFERRABLE INITIALLY DEFERRED,
  "parent_id" bigint NULL REFERENCES "events_organisation" ("id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT "organisation_not_in_itself" CHECK (NOT ("parent_id" = ("id") AND "parent_id" IS NOT NULL)));
CREATE TABLE "events_organisation_sectors" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
  "organisation_id" bigint NOT NULL REFERENCES "events_organisation" ("id") DEFERRABLE INITIALLY DEFERRED,
  "sector_id" bigint NOT NULL REFERENCES "events_sector" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "events_person" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
  "slug" varchar(80) NOT NULL UNIQUE,
  "name" varchar(200) NOT NULL,
  "name_en" varchar(200) NULL,
  "name_zh_hans" varchar(200) NULL,
  "name_zh_hant" varchar(200) NULL,
  "family_name" varchar(100) NOT NULL,
  "given_name" varchar(100) NOT NULL,
  "western_name" varchar(100) NOT NULL,
  "name_order" varchar(13) NOT NULL,
  "honorific" varchar(40) NOT NULL,
  "language" varchar(8) NOT NULL,
  "timezone" varchar(64) NOT NULL,
  "email" varchar(254) NOT NULL,
  "phone" varchar(20) NOT NULL,
  "aliases" text NOT NULL CHECK ((JSON_VALID("aliases") OR "aliases" IS NULL)),
  "sort_key" varchar(300) NOT NULL,
  "search_key" varchar(1500) NOT NULL,
  "erased_at" datetime NULL,
  "team_id" bigint NULL REFERENCES "events_team" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "events_place" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
  "slug" varchar(80) NOT NULL UNIQUE,
  "name" varchar(200) NOT NULL,
  "name_en" varchar(200) NULL,
  "name_zh_hans" varchar(200) NULL,
  "name_zh_hant" varchar(200) NULL,
  "kind" varchar(20) NOT NULL,
  "country" varchar(2) NOT NULL,
  "subdivision" varchar(6) NOT NULL,
  "unlocode" varchar(5) NOT NULL,
  "timezone" varchar(64) NOT NULL,
  "address" varchar(300) NOT NULL,
  "latitude" decimal NULL,
  "longitude" decimal NULL,
  "capacity" integer unsigned NULL CHECK ("capacity" >= 0),
  "team_id" bigint NULL REFERENCES "events_team" ("id") DEFERRABLE INITIALLY DEFERRED,
  "parent_id" bigint NULL REFERENCES "events_place" ("id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT "place_not_in_itself" CHECK (NOT ("parent_id" = ("id") AND "parent_id" IS NOT NULL)),
  CONSTRAINT "place_has_a_whole_point" CHECK ((("latitude" IS NULL AND "longitude" IS NULL) OR ("latitude" BETWEEN '-90' AND '90' AND "longitude" BETWEEN '-180' AND '180'))));
CREATE TABLE "events_reminderoccurrence" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
  "schedule_epoch" integer unsigned NOT NULL CHECK ("schedule_epoch" >= 0),
  "due_at" datetime NOT NULL,
  "expires_at" datetime NOT NULL,
  "claim_at" datetime NULL,
  "planned_at" datetime NOT NULL,
  "state" varchar(9) NOT NULL,
  "event_id" bigint NOT NULL REFERENCES "events_event" ("id") DEFERRABLE INITIALLY DEFERRED,
  "rule_id" bigint NOT NULL REFERENCES "events_reminderrule" ("id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT "occurrence_once_per_epoch" UNIQUE ("rule_id",
  "event_id",
  "schedule_epoch"),
  CONSTRAINT "occurrence_claimable_while_it_stands" CHECK (("claim_at" IS NULL OR "state" IN ('planned', 'expanded'))));
CREATE TABLE "events_reminderrule" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
  "topic" varchar(8) NOT NULL,
  "offset_kind" varchar(13) NOT NULL,
  "offset" integer unsigned NOT NULL CHECK ("offset" >= 0),
  "at_local_time" time NOT NULL,
  "clock" varchar(6) NOT NULL,
  "roles" text NOT NULL CHECK ((JSON_VALID("roles") OR "roles" IS NULL)),
  "answers" varchar(10) NOT NULL,
  "tag" varchar(60) NOT NULL,
  "subtree" bool NOT NULL,
  "enabled" bool NOT NULL,
  "event_id" bigint NULL REFERENCES "events_event" ("id") DEFERRABLE INITIALLY DEFERRED,
  "team_id" bigint NULL REFERENCES "events_team" ("id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT "reminder_rule_once_per_event" UNIQUE ("event_id",
  "topic",
  "offset_kind",
  "offset",
  "at_local_time",
  "clock",
  "roles",
  "answers",
  "tag",
  "subtree"),
  CONSTRAINT "reminder_rule_once_per_team" UNIQUE ("team_id",
  "topic",
  "offset_kind",
  "offset",
  "at_local_time",
  "clock",
  "roles",
  "answers",
  "tag",
  "subtree"),
  CONSTRAINT "reminder_rule_of_an_event_or_a_team" CHECK ((("event_id" IS NULL AND "team_id" IS NOT NULL) OR ("event_id" IS NOT NULL AND "team_id" IS NULL))),
  CONSTRAINT "reminder_rule_before_or_after" CHECK ((("offset_kind" IN ('nominal_days', 'exact_hours', 'exact_minutes') AND "topic" = 'reminder') OR ("topic" IN ('thanks', 'followup') AND NOT ("offset_kind" IN ('nominal_days', 'exact_hours', 'exact_minutes'))))));
CREATE TABLE "events_renderedevent" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
  "language" varchar(8) NOT NULL,
  "entitled" bool NOT NULL,
  "revision" integer unsigned NOT NULL CHECK ("revision" >= 0),
  "version" varchar(16) NOT NULL,
  "body" BLOB NOT NULL,
  "about" text NOT NULL CHECK ((JSON_VALID("about") OR "about" IS NULL)),
  "event_id" bigint NOT NULL REFERENCES "events_event" ("id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT "rendered_once_for_each_reader" UNIQUE ("event_id",
  "language",
  "entitled"));
CREATE TABLE "events_reply" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
  "message_hash" varchar(64) NOT NULL UNIQUE,
  "received_at" datetime NOT NULL,
  "sender" varchar(320) NOT NULL,
  "subject" varchar(300) NOT NULL,
  "method" varchar(7) NOT NULL,
  "answer" varchar(12) NOT NULL,
  "delegate" varchar(320) NOT NULL,
  "comment" text NOT NULL,
  "proposed_start_at" datetime NULL,
  "proposed_end_at" datetime NULL,
  "said_at" datetime NULL,
  "state" varchar(9) NOT NULL,
  "reason" varchar(13) NOT NULL,
  "settled_at" datetime NULL,
  "attendee_id" bigint NULL REFERENCES "events_attendee" ("id") DEFERRABLE INITIALLY DEFERRED,
  "event_id" bigint NULL REFERENCES "events_event" ("id") DEFERRABLE INITIALLY DEFERRED,
  "person_id" bigint NULL REFERENCES "events_person" ("id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT "reply_is_open_until_settled" CHECK ((("settled_at" IS NULL AND "state" = 'open') OR (NOT ("state" = 'open') AND "settled_at" IS NOT NULL))));
CREATE TABLE "events_sector" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
  "slug" varchar(50) NOT NULL UNIQUE,
  "name" varchar(200) NOT NULL,
  "name_en" varchar(200) NULL,
  "name_zh_hans" varchar(200) NULL,
  "name_zh_hant" varchar(200) NULL,
  "isic" varchar(60) NOT NULL,
  "hs" varchar(60) NOT NULL,
  "parent_id" bigint NULL REFERENCES "events_sector" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "events_source" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
  "slug" varchar(50) NOT NULL UNIQUE,
  "name" varchar(250) NOT NULL,
  "publisher" varchar(200) NOT NULL,
  "headline" varchar(300) NOT NULL,
  "byline" varchar(200) NOT NULL,
  "genre" varchar(60) NOT NULL,
  "published" varchar(32) NOT NULL);
CREATE TABLE "events_suppression" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
  "address_hash" varchar(64) NOT NULL UNIQUE,
  "since" datetime NOT NULL,
  "reply" varchar(300) NOT NULL);
CREATE TABLE "events_tally" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
  "purpose" varchar(30) NOT NULL,
  "who" varchar(64) NOT NULL,
  "ends_at" datetime NOT NULL,
  "number" integer unsigned NOT NULL CHECK ("number" >= 0),
  CONSTRAINT "tally_once_per_period" UNIQUE ("ends_at",
  "purpose",
  "who"));
CREATE TABLE "events_team" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
  "name" varchar(200) NOT NULL UNIQUE,
  "slug" varchar(50) NOT NULL UNIQUE,
  "quiet_from" time NULL,
  "quiet_until" time NULL,
  CONSTRAINT "team_quiet_hours_have_two_ends" CHECK ((("quiet_from" IS NULL AND "quiet_until" IS NULL) OR ("quiet_from" IS NOT NULL AND "quiet_until" IS NOT NULL AND NOT ("quiet_from" = ("quiet_until") AND "quiet_from" IS NOT NULL AND "quiet_until" IS NOT NULL)))));
CREATE TABLE "events_user" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
  "password" varchar(128) NOT NULL,
  "last_login" datetime NULL,
  "is_superuser" bool NOT NULL,
  "username" varchar(150) NOT NULL UNIQUE,
  "first_name" varchar(150) NOT NULL,
  "last_name" varchar(150) NOT NULL,
  "email" varchar(254) NOT NULL,
  "is_staff" bool NOT NULL,
  "is_active" bool NOT NULL,
  "date_joined" datetime NOT NULL,
  "language" varchar(8) NOT NULL,
  "timezone" varchar(64) NOT NULL,
  "person_id" bigint NULL UNIQUE REFERENCES "events_person" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "events_user_groups" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
  "user_id" bigint NOT NULL REFERENCES "events_user" ("id") DEFERRABLE INITIALLY DEFERRED,
  "group_id" integer NOT NULL REFERENCES "auth_group" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "events_user_user_permissions" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
  "user_id" bigint NOT NULL REFERENCES "events_user" ("id") DEFERRABLE INITIALLY DEFERRED,
  "permission_id" integer NOT NULL REFERENCES "auth_permission" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "events_wording" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
  "kind" varchar(8) NOT NULL,
  "subject" varchar(150) NOT NULL,
  "subject_en" varchar(150) NULL,
  "subject_zh_hans" varchar(150) NULL,
  "subject_zh_hant" varchar(150) NULL,
  "opening" text NOT NULL,
  "opening_en" text NULL,
  "opening_zh_hans" text NULL,
  "opening_zh_hant" text NULL,
  "closing" text NOT NULL,
  "closing_en" text NULL,
  "closing_zh_hans" text NULL,
  "closing_zh_hant" text NULL,
  "team_id" bigint NOT NULL REFERENCES "events_team" ("id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT "wording_once_per_kind" UNIQUE ("team_id",
  "kind"));
CREATE TABLE "seeds_entry" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
  "key" varchar(160) NOT NULL UNIQUE,
  "object_id" bigint unsigned NOT NULL CHECK ("object_id" >= 0),
  "loaded" text NOT NULL CHECK ((JSON_VALID("loaded") OR "loaded" IS NULL)),
  "content_type_id" integer NOT NULL REFERENCES "django_content_type" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE sqlite_sequence(name,seq);
