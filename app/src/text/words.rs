//! The keys of the catalogs, and the typed functions made from them.

/// A text that depends on a number: a form for each plural category that CLDR gives the language, for whole numbers.
/// A form that a language needs and lacks does not compile.
#[derive(Debug)]
pub(super) enum Plural {
    /// English: one; all others.
    En { one: &'static str, other: &'static str },
    /// French: nought and one; whole millions, which take "de"; all others.
    Fr { one: &'static str, many: &'static str, other: &'static str },
    /// Arabic: nought; one; two; then by the last two digits: 3 to 10; 11 to 99; the rest, whole hundreds among them.
    Ar {
        zero: &'static str,
        one: &'static str,
        two: &'static str,
        few: &'static str,
        many: &'static str,
        other: &'static str,
    },
}

impl Plural {
    /// The form for this many.
    fn of(&self, number: u64) -> &'static str {
        match *self {
            Self::En { one, other } => match number {
                1 => one,
                _ => other,
            },
            Self::Fr { one, many, other } => match number {
                0 | 1 => one,
                _ if number.is_multiple_of(1_000_000) => many,
                _ => other,
            },
            Self::Ar { zero, one, two, few, many, other } => match (number, number % 100) {
                (0, _) => zero,
                (1, _) => one,
                (2, _) => two,
                (_, 3..=10) => few,
                (_, 11..) => many,
                _ => other,
            },
        }
    }
}

/// Puts `arguments` into the places `{name}` of a text.
fn fill(text: &str, arguments: &[(&str, &str)]) -> String {
    arguments.iter().fold(text.to_owned(), |text, (name, value)| text.replace(&format!("{{{name}}}"), value))
}

macro_rules! words {
    (plain { $($plain:ident)* } filled { $($filled:ident($($argument:ident),+))* } counted { $($counted:ident)* }) => {
        /// Everything pages say in one language.
        #[derive(Debug)]
        pub struct Words {
            $(pub(super) $plain: &'static str,)*
            $(pub(super) $filled: &'static str,)*
            $(pub(super) $counted: Plural,)*
        }

        #[expect(missing_docs, reason = "the words themselves, in fr.rs, en.rs and ar.rs, say what each is")]
        impl Words {
            $(#[must_use] pub fn $plain(&self) -> &'static str { self.$plain })*
            $(#[must_use] pub fn $filled(&self, $($argument: &str),+) -> String {
                fill(self.$filled, &[$((stringify!($argument), $argument)),+])
            })*
        }

        impl super::Text {
            $(
                /// The words for this many.
                #[must_use]
                pub fn $counted(&self, number: u64) -> String {
                    fill(self.words.$counted.of(number), &[("n", &self.number(number))])
                }
            )*
        }
    };
}

words! {
    plain {
        skip_to_content
        breadcrumb
        nav_main
        nav_footer
        nav_language
        nav_home
        nav_enter
        nav_office
        go_home
        go_on
        back
        yes
        no
        save
        change
        optional
        error_in_title
        error_summary
        error_summary_of_question
        help_title
        help_phone
        help_mail
        help_desk
        footer_promise
        practice_lead
        practice_body
        practice_short
        import_short
        import_lead
        import_body
        not_translated
        home_title
        home_headline
        home_lede
        home_headline_imports
        home_lede_imports
        hero_alt
        enter_my_code
        see_cycles
        open_cycles
        other_cycles
        three_things
        equal_share_title
        equal_share_body
        change_title
        change_body
        recount_title
        recount_body
        towns
        cycles
        no_cycles
        see_results
        see_cycle
        opens_later
        phase_draft
        phase_proposing
        phase_reviewing
        phase_allocating
        phase_counting
        phase_published
        phase_delivering
        phase_archived
        status_funded
        status_partial
        status_dropped
        status_not_funded
        asks
        at_least
        turnout
        eligible_unknown
        rules
        rules_in_plain_words
        rule_sheet_hash
        rule_sheet_file
        source
        projects_title
        search_projects
        search
        filter_and_sort
        apply
        all_categories
        all_districts
        all_kinds
        all_costs
        cost
        sort
        sort_drawn
        sort_title
        sort_cost_up
        sort_cost_down
        draw_again
        order_explained
        nothing_found
        clear_search
        back_to_list
        on_the_map
        as_list
        map_title
        map_described
        no_place
        not_translated_short
        updates
        no_updates
        feed
        before_correction
        latitude
        latitude_hint
        longitude
        longitude_hint
        far_from_town
        picture
        picture_file
        picture_hint
        picture_missing
        picture_too_large
        picture_unreadable
        picture_too_many_pixels
        picture_too_small
        remove_picture
        alt_hint
        alt_missing
        updates_lede
        publish_update
        update_missing
        correct_update
        correct_update_lede
        map_lede
        map_file
        map_hint
        map_too_large
        map_not_geojson
        map_no_area
        map_not_degrees
        map_too_wide
        remove_map
        rule_purse_ballots
        rule_purse_residents
        rule_purse_residents_shared
        rule_direct
        rule_greedy_support
        rule_greedy_ratio
        rule_greedy_skip
        rule_greedy_stop
        rule_change
        rule_import
        place
        holder
        kind
        budget
        item
        amount
        total
        kind_grant
        kind_grant_body
        kind_threshold
        kind_threshold_body
        kind_monthly
        kind_monthly_body
        kind_advance
        kind_advance_body
        results
        what_each_receives
        received
        asked
        given
        funded
        returned
        same_as_table
        project
        status
        supporters_column
        official
        data
        results_csv
        results_json
        enter_question
        enter_hint
        no_letter
        no_letter_body
        code_empty
        code_mistyped
        code_unknown
        my_choices
        my_ballot
        your_envelope
        left
        over
        all_spread
        check_choices
        nothing_sent_yet
        kept_when_sent
        nothing_recorded_yet
        not_spread
        not_spread_common
        not_spread_goes
        amounts_hidden
        receipt
        receipt_hint
        receipt_load_question
        receipt_load
        go_to_account
        receipt_loaded
        rest_spread
        receipt_empty
        receipt_mistyped
        receipt_whole
        receipt_use
        receipt_secret
        receipt_qr
        receipt_save
        receipt_mail
        receipt_keep
        receipt_print
        amounts_hidden_soon
        euros
        euros_lede
        euros_hint
        euros_keep
        euros_show
        euros_forget
        euros_not_counted
        euros_given
        euros_became
        sum_missing
        used_already
        cycle_rules
        confirm
        nothing_chosen
        recorded_title
        no_ballot_title
        change_my_ballot
        fill_my_ballot
        what_happens_next
        next_count
        next_results
        leave
        leave_hint
        closed_title
        not_open_title
        not_recorded
        not_found_title
        not_found_body
        nav_privacy
        nav_legal
        nav_accessibility
        slow_title
        slow_body
        choices_kept
        used_title
        used_lede
        used_code
        used_ask
        used_yes
        used_no
        used_day_only
        used_not_me
        used_not_me_open
        used_not_me_closed
        used_tell
        used_too_late
        claim_title
        claim_lede
        claim_which
        claim_nowhere
        claim_kind
        claim_letter
        claim_roll
        claim_used
        claim_kind_missing
        claim_name
        claim_name_missing
        claim_reach
        claim_reach_hint
        claim_reach_missing
        claim_note
        claim_note_hint
        claim_kept
        claim_send
        claim_full
        claim_over
        claim_sent
        claim_number
        claim_keep
        claim_waits
        claim_granted
        claim_refused
        claim_next_letter
        claim_next_roll
        claim_next_used
        claims
        claims_lede
        claims_none
        claims_settled
        claims_erased
        claim_todo_letter
        claim_todo_roll
        claim_todo_used
        claim_settlement
        claim_grant
        claim_refuse
        claim_settlement_missing
        claim_answer
        claim_answer_hint
        claim_answer_missing
        claim_settle
        claim_gone
        where_it_stands
        status_link
        status_steps
        status_opened
        status_closes
        status_closed
        status_counted
        status_published
        incidents
        incidents_lede
        incidents_none
        incident_tell
        incident_hint
        incident_for_good
        incident_missing
        incident_publish
        unstated
        each_town
        legal_lede
        legal_body
        legal_address
        legal_director
        legal_contact
        legal_protection
        legal_host
        legal_software
        legal_software_body
        legal_notice_edit
        legal_notice_lede
        legal_notice_body_hint
        legal_notice_director_hint
        legal_notice_protection_hint
        legal_notice_host_hint
        privacy_lede
        privacy_who
        privacy_basis
        privacy_kept
        privacy_roll
        privacy_roll_body
        privacy_part
        privacy_part_body
        privacy_ballot
        privacy_ballot_body
        privacy_claim
        privacy_claim_body
        privacy_account
        privacy_account_body
        privacy_reminder
        privacy_reminder_body
        privacy_staff
        privacy_staff_body
        privacy_device
        privacy_device_body
        privacy_log
        privacy_log_body
        privacy_apart
        privacy_apart_body
        privacy_limits
        privacy_limit_operator
        privacy_limit_copies
        privacy_limit_others
        privacy_limit_few
        privacy_rights
        privacy_rights_body
        privacy_ask
        privacy_cnil
        privacy_cnil_site
        accessibility_title
        accessibility_lede
        accessibility_state
        accessibility_state_body
        accessibility_tests
        accessibility_rules
        accessibility_looks
        accessibility_journeys
        accessibility_half
        accessibility_pages
        accessibility_page
        accessibility_checks
        accessibility_faults
        accessibility_gaps
        accessibility_gap_people
        accessibility_gap_texts
        accessibility_contact
        accessibility_contact_body
        accessibility_recourse
        accessibility_recourse_body
        accessibility_recourse_site
        accessibility_technologies
        enter_first_title
        enter_first_body
        sign_in_first_title
        sign_in_first_body
        frozen_title
        frozen_body
        wrong_phase_title
        wrong_phase_body
        cross_site_title
        cross_site_body
        bad_request_title
        bad_request_body
        busy_title
        busy_body
        broken_title
        broken_body
        sign_in
        sign_in_title
        sign_in_failed
        sign_in_refused
        sign_out
        mail
        password
        account
        have_account
        account_enter
        account_lede
        account_not_needed
        make_account
        forgot_password
        account_first_title
        account_first_body
        no_mail_body
        mail_missing
        link_title
        link_lede
        send_link
        link_sent_title
        link_sent_body
        nothing_came
        nothing_came_body
        choose_password
        new_password
        link_dead_title
        link_dead_body
        password_saved
        current_password
        password_wrong
        change_password
        change_password_lede
        account_of
        account_entries
        account_no_entries
        took_part
        attach_title
        attach_lede
        attach_code
        attach
        detach
        attach_secrecy_title
        attach_secrecy_joined
        attach_secrecy_open
        attach_secrecy_closed
        my_data
        mails_language
        export_data
        delete_account
        sign_out_everywhere
        delete_erased
        delete_kept_title
        delete_kept_ballot
        delete_kept_roll
        delete_kept_code
        delete_now
        deleted_title
        deleted_body
        reminder_title
        reminder_ask
        reminder_promise_title
        reminder_promise_words
        reminder_promise_joined
        reminder_promise_erased
        reminder_kept
        reminder_stop
        reminder_voted
        stop_title
        stop_body
        stopped_title
        stopped_body
        same_people
        same_people_hint
        mail_link_subject
        mail_changed_subject
        no_town_of_yours
        new_cycle
        edit_cycle
        practice_only
        look
        look_lede
        accent
        accent_hint
        accent_day
        accent_night
        accent_own
        texts
        in_fr
        in_en
        in_ar
        title_missing
        slug
        slug_hint
        slug_refused
        slug_taken
        envelope_field
        step_field
        step_hint
        cap_field
        min_projects_field
        min_supporters_field
        purse_field
        choose_purse_ballots
        choose_purse_residents
        choose_purse_fixed
        sum_field
        sum_hint
        rule_field
        rule_transfer
        rule_transfer_drop_ratio
        rule_transfer_drop_excess
        rule_transfer_drop_support
        rule_transfer_minimal
        rule_transfer_parts
        rule_transfer_fill
        rule_rest_returns
        rule_equal_shares
        rule_equal_shares_raised
        rule_equal_shares_filled
        rule_phragmen
        rule_cube_root
        reason_nobody
        reason_no_support
        reason_nowhere
        spread_rest
        spread_rest_hint
        spread_rest_of_nothing
        fallback_question
        fallback_hint
        fallback_others
        fallback_everyone
        fallback_back
        draft_found
        start_afresh
        choose_transfer
        choose_transfer_fill
        choose_transfer_minimal
        choose_equal_shares
        choose_phragmen
        choose_cube_root
        choose_as_it_is
        choose_direct
        choose_greedy
        choose_greedy_stop
        choose_greedy_ratio
        choose_greedy_ratio_stop
        threshold_field
        threshold_hint
        dates
        closes_date
        closes_time
        closes_unreadable
        out_of_range
        must_be_steps
        min_projects_refused
        step_refused
        next_step
        step_now
        step_done
        step_later
        blocks_opening
        blocks_no_projects
        blocks_empty_roll
        blocks_too_few_projects
        blocks_purse
        formula_refused
        blocks_closes_past
        open_voting
        close_voting
        close_explained
        close_too_early
        count
        count_explained
        count_refused_roll
        count_refused_envelope
        count_refused_large
        publish
        publish_explained
        is_published
        rules_frozen
        roll
        import_roll
        roll_lede
        roll_codes_once
        roll_file
        roll_file_hint
        reissue
        reissue_hint
        import_and_download
        roll_nobody_new
        roll_no_column
        roll_no_rows
        roll_unreadable
        roll_empty_reference
        roll_formula
        add_project
        edit_project
        remove_project
        summary_hint
        summary_missing
        body_hint
        category
        district
        money_title
        floor
        floor_hint
        floor_refused
        threshold_floor
        ceiling
        ceiling_hint
        ceiling_missing
        budget_hint
        label_missing
        api_title
        api_lede
        api_document
        api_rules
        api_rule_money
        api_rule_time
        api_rule_texts
        api_rule_parts
        api_rule_cache
        api_rule_results
        api_rule_problems
        api_addresses
        api_parameters
        api_parameter
        api_meaning
        api_example
        api_answer
        api_fields
        api_field
        api_type
        api_fields_in_english
        api_municipalities
        api_municipality
        api_cycles
        api_municipality_cycles
        api_cycle
        api_projects
        api_project
        api_results
        api_result
        api_of_town
        api_of_cycle
        api_of_project
        api_of_version
        api_after
        api_limit
        data_title
        data_page_lede
        data_none
        data_results
        data_open
        data_open_body
        data_bundle
        data_totals
        data_projects
        data_turnout
        data_turnout_feed
        data_programs
        data_api
        data_catalogue
        data_reuse
        data_licence_town
        data_licence_import
        data_permanent
        data_files
        data_follow
        nav_data
        embed_title
        embed_hint
        embed_code
        embed_look
        embed_nothing
        embed_open
        verify_title
        verify_lede
        verify_lede_import
        verify_here
        verify_here_how
        verify_now
        verify_needs_script
        verify_file
        verify_file_hint
        verify_offline
        verify_offline_how
        verify_other_program
        verify_other_program_how
        verify_get_program
        verify_get_bundle
        verify_limits
        verify_limits_import
        verify_limits_notes
        verify_limits_sealed
        verify_hashes
        verify_hashes_how
        verify_column_file
        verify_column_size
        verify_versions
        recount_downloading
        recount_reading
        recount_loading
        recount_counting
        recount_match
        recount_match_else
        recount_mismatch
        recount_not_published
        recount_not_published_else
        recount_impossible
        recount_failed
        recount_took
        recount_same_archive
        recount_same_files
        recount_other
        recount_ok
        recount_listed
        recount_unchecked
        recount_wrong
        recount_counted
        recount_recounted
        recount_compared
        recount_hashed
        recount_unlisted
        unzip_not_zip
        unzip_damaged
        unzip_repeated
        unzip_unsupported
        unzip_too_large
        finding_missing
        finding_unlisted
        finding_size
        finding_hash
        finding_format
        finding_unreadable
        finding_columns
        finding_cell
        finding_sheet_hash
        finding_sheet_form
        finding_ballot_number
        finding_ballot_place
        finding_ballot_differs
        finding_ballot_added
        finding_ballot_lacking
        finding_not_counted
        finding_received
        finding_differs
        finding_round
        finding_row_missing
        finding_row_added
        finding_order
        finding_sum
        finding_more
        finding_at_line
        finding_where_line
        finding_nothing
        law_empty
        law_over_envelope
        law_too_few_projects
        law_negative
        law_not_a_step
        law_over_cap
        law_unknown_project
        law_repeated_project
        sum_funded
        sum_purse
        sum_given
        sum_voted
        sum_channels
        sum_districts
        sum_days
        done_cycle_made
        done_cycle_saved
        done_opened
        done_closed
        done_counted
        done_published
        done_project_added
        done_project_saved
        done_project_removed
        done_picture_saved
        done_picture_removed
        done_update_told
        done_update_corrected
        done_incident_told
        done_claim_settled
        done_delivery_told
        done_look_saved
        done_map_saved
        done_map_removed
        done_legal_notice_saved
        preview_lead
        preview_body
        preview_see
        delivery
        delivery_lede
        delivery_none
        delivery_tell
        delivery_nothing_funded
        delivery_step
        delivery_step_missing
        delivery_amount
        delivery_day
        delivery_day_unreadable
        delivery_day_to_come
        delivery_document
        delivery_document_hint
        delivery_document_wrong
        delivery_so_far
        delivery_for_good
        delivery_publish
        delivery_replaced
        delivery_history
        step_voted
        step_awarded
        step_agreed
        step_paid
        step_delivered
        step_dropped
        document
        legal_notice_see
        codes_table
        codes_plain
        codes_spreadsheet
        choices_back
        way_given
        way_funded
        way_paid
        way_delivered
        receipt_in_account
        receipt_leave_account
        receipt_to_account
        receipt_to_account_means
        receipt_kept
        receipt_dropped
        account_receipts
        account_no_receipts
        account_receipts_mean
        claim_answered
        step_open_codes
        step_close_people
        step_publish_stays
        step_for_good
        step_not_now
        status_feed
        release_preview
        release_preview_hint
        release_when
        release_now
        release_later
        release_date
        release_time
        release_in_the_past
        release_withdraw
        done_scheduled
        done_withdrawn
        corrections
        versions_published
        correction_lede
        correction_void
        correction_void_hint
        correction_void_unreadable
        correction_reason_missing
        correction_refused
        correction_count
        correction_changes
        correction_changes_nothing
        received_before
        received_after
        correction_publish
        correction_discard
        publication
        publication_field
        publication_hint
        publication_refused
        choose_publication_ballots
        choose_publication_notes
        choose_publication_sealed
        residents_field
        residents_hint
        figure_data
        results_contents
        results_what_changed
        results_cite_link
        results_turnout_title
        turnout_by_channel
        turnout_by_district
        turnout_by_day
        turnout_channel
        turnout_day
        turnout_online
        turnout_paper
        turnout_other
        turnout_merged
        turnout_eligible
        turnout_unknown
        turnout_codes
        turnout_of_eligible
        turnout_ballots
        turnout_void
        turnout_unspread
        turnout_part
        flow_title
        flow_open
        flow_paid
        flow_rest
        flow_left
        flow_rounds
        flow_rounded
        flow_round
        flow_happened
        flow_moves
        flow_left_before
        flow_tie
        list_separator
        verdict_funded
        verdict_partial
        verdict_pulled
        verdict_filled
        verdict_under_floor
        verdict_dropped
        verdict_unreachable
        verdict_under_threshold
        verdict_does_not_fit
        verdict_not_reached
        verdict_unaffordable
        verdict_too_few
        others_title
        others_lede
        others_lede_import
        others_published
        others_funded
        others_changes
        others_gained
        others_lost
        others_resized
        others_same
        rule_name_equal_shares
        rule_name_equal_shares_raised
        giving_title
        giving_per_ballot
        giving_per_ballot_of
        giving_effective
        giving_gini
        giving_gini_of
        giving_without
        giving_caption
        compared_title
        compared_lede
        compared_first
        compare_link
        compare_title
        compare_lede
        compare_none
        compare_notes
        compare_sort
        compare_town
        compare_date
        compare_purse
        compare_person
        compare_resident
        compare_eligible
        compare_unknown
        version_is_latest
        version_read
        version_old
        version_why
        version_before
        version_now
        version_total
        version_nothing_changed
        versions_title
        files_title
        files_lede
        files_file
        files_what
        files_size
        cite_title
        cite_lede
        cite_languages
        licence_title
        licence_open
        licence_text
        licence_unstated
        contact_title
        contact_words
        contact_unstated
        correction_policy
        data_lede
        data_all_files
        file_datapackage
        file_projects
        file_totals
        file_rounds
        file_participation
        file_ballots
        file_notes
        file_election
        file_rule_sheet
        file_outcome
        file_other_rules
        file_grants
        file_subventions
        file_xlsx
        file_readme
        file_licence
        method_title
        method_lede
        method_example
        method_example_body
        method_rules
        method_floor
        method_full
        method_gives
        method_steps
        method_garden
        method_kiosk
        method_bikes
        method_books
        method_anne
        method_bilal
        method_chloe
        method_david
        method_emna
        method_farid
        method_direct
        method_transfer
        method_greedy
        method_equal_shares
        method_phragmen
        method_cube_root
        method_check_title
        method_check
        method_link
    }
    filled {
        open_until(moment)
        closed_since(moment)
        published_on(day)
        spread_my(envelope)
        cycle_lede(projects, envelope)
        order_drawn(number)
        found_of(found, all)
        cost_below(below)
        cost_between(from, below)
        cost_from(from)
        map_of(town)
        not_translated_shown(language)
        corrected_on(day)
        written_on(day)
        feed_opened(title)
        feed_published(title)
        feed_update(project, title)
        not_degrees(typed, most)
        picture_of(title)
        alt_in(language)
        updates_of(title)
        update_text_in(language)
        map_not_json(line)
        map_too_many_points(most)
        of_eligible(voted, eligible)
        rule_envelope(envelope, step)
        rule_cap(cap)
        rule_min_projects(least)
        rule_purse_fixed(sum)
        rule_min_supporters(least)
        rule_greedy_threshold(threshold)
        with_sum(sum, voters)
        published_version(day, version)
        counted_here_version(day, version)
        counted_here_on(day)
        rule_import_points(points)
        official_agrees(all)
        official_differs(same, all)
        of_purse(purse)
        bar_note(supporters, given, asked)
        code_length(found)
        code_character(found)
        version_in_urn(version)
        replaces_version(version)
        ballot_lede(step, until)
        asks_sum(sum)
        of_envelope(envelope)
        take_back(amount)
        total_spread(amount, envelope)
        less_for(title)
        more_for(title)
        amount_for(title)
        title_in(language)
        intro_in(language)
        summary_in(language)
        body_in(language)
        place_in(language)
        label_in(language)
        not_an_amount(typed)
        too_long(longest)
        not_a_number(typed)
        over_envelope(given, envelope, over)
        too_few_projects(least, chosen)
        negative(title)
        not_a_step(title, step)
        over_cap(title, cap)
        unknown_project(slug)
        repeated_project(title)
        recorded_at(day, time, version)
        recorded_version(version)
        no_ballot_body(until)
        next_change(until)
        receipt_character(found)
        receipt_line(what, value)
        receipt_wrong(typed, words)
        euros_received(received, asked)
        euros_funded(sum, given)
        euros_version(version)
        closed_to_readers(since)
        closed_body(since)
        not_a_colour(typed)
        used_online(day)
        used_paper(day)
        used_until(until)
        status_closed_early(announced)
        claim_until(until)
        claim_received(day)
        claim_settled_on(day)
        turnout_is(of, percent)
        accessibility_checked(states, checks)
        newer_version(version)
        incident_in(language)
        privacy_who_body(body)
        privacy_who_unstated(town)
        accessibility_tested(day, commit)
        accessibility_tools(tools)
        signed_in_as(name)
        password_hint(least)
        password_short(least)
        reminder_lede(until)
        mail_link_body(link)
        mail_changed_body(link)
        mail_reminder_subject(town)
        mail_reminder_body(town, cycle, until, link)
        mail_stop(link)
        open_explained(closes)
        close_early_explained(closes)
        line_says(line, words)
        roll_too_many(most)
        roll_long_reference(longest)
        roll_repeated(first)
        budget_line(number)
        budget_differs(total, ceiling)
        reason_carried(support, cost)
        reason_carried_moved(support, arrived, cost)
        reason_share_full(cost)
        reason_share(support)
        reason_pulled(support, floor)
        reason_filled(left)
        reason_partial(support, cost)
        reason_partial_moved(support, arrived, cost)
        reason_ranked(place, support, left, cost)
        reason_bought(supporters, held, cost)
        reason_bought_raised(supporters, held, cost)
        reason_earned(supporters, cost)
        reason_under_floor(support, floor)
        reason_dropped_ratio(support, floor)
        reason_dropped_excess(support, floor)
        reason_dropped_support(support, floor)
        reason_share_dropped(share, floor)
        reason_passed_on(sum, project)
        reason_passed_on_mostly(total, project, sum)
        reason_rest(rest)
        reason_unreachable(held, floor)
        reason_under_threshold(support, threshold)
        reason_does_not_fit(cost, left)
        reason_behind(project)
        reason_not_reached(cost, left)
        reason_unaffordable(supporters, held, cost)
        reason_unaffordable_raised(supporters, held, cost)
        reason_too_few(supporters, least)
        lacked_sum(sum)
        lacked_sum_from(sum, voters)
        lacked_support(sum)
        lacked_threshold(sum)
        lacked_full(sum)
        feed_corrected(title, version)
        feed_turnout(day, voters)
        feed_turnout_so_far(of)
        days_from_to(from, to)
        embed_of(title, town)
        turnout_with_void(voted, ballots, void)
        of_eligible_counted(of, ballots)
        embed_code_version(version)
        embed_version(version, day)
        share_alt(title, says)
        share_town(cycles)
        verify_version(number)
        verify_of_version(number, day)
        verify_corrected(number)
        stand(step, sum, day)
        told_on(day)
        delivery_of(title)
        delivery_amount_hint(sum)
        delivery_note_in(language)
        delivery_over(sum)
        delivery_sums(paid, all)
        feed_incident(title)
        feed_delivery(project, step, sum)
        release_scheduled(moment)
        version_of_day(version, day)
        correction_reason_in(language)
        correction_no_such_ballot(number)
        correction_waits(version)
        results_corrected(day)
        flow_began(purse, given)
        flow_began_fixed(purse)
        flow_began_pool(purse)
        flow_moved(sum)
        flow_ended(funded, projects, returned)
        flow_others(projects)
        flow_too_few(projects)
        flow_returned(sum)
        flow_to(sum, project)
        flow_from(sum, project)
        others_summary(all, same)
        giving_sentence(top, first, effective, all)
        giving_of(all)
        giving_curve(gini)
        compared_middle(own, count, middle)
        compare_of(part, whole)
        version_title(version)
        version_newer(version)
        files_all(size)
        cite_work(town, title)
        cite_plain(work, version, day, address)
        method_ended(funded, returned)
        method_moved(sum, from, to)
        method_returned(sum)
    }
    counted {
        projects
        voters
        voters_so_far
        ballots
        supporters
        points
        claims_waiting
        accessibility_states
        accessibility_found
        funded_of
        partly_of_these
        entries
        too_many_tries
        delivered_of
        ballots_void
        and_more
        version_void
        projects_changed
    }
}

#[cfg(test)]
mod tests {
    use super::Plural;
    use icu_locale_core::locale;
    use icu_plurals::{PluralCategory, PluralRules};

    const EN: Plural = Plural::En { one: "one", other: "other" };
    const FR: Plural = Plural::Fr { one: "one", many: "many", other: "other" };
    const AR: Plural =
        Plural::Ar { zero: "zero", one: "one", two: "two", few: "few", many: "many", other: "other" };

    #[test]
    fn the_form_for_a_number_is_the_one_of_cldr() {
        let large =
            [1_000, 1_002, 99_999, 999_999, 1_000_000, 1_000_001, 2_000_000, 5_500_000, 1_000_000_000];
        for (plural, locale) in [(EN, locale!("en")), (FR, locale!("fr")), (AR, locale!("ar"))] {
            let rules = PluralRules::try_new_cardinal((&locale).into()).unwrap();
            for number in (0..=1_000).chain(large) {
                let category = match rules.category_for(number) {
                    PluralCategory::Zero => "zero",
                    PluralCategory::One => "one",
                    PluralCategory::Two => "two",
                    PluralCategory::Few => "few",
                    PluralCategory::Many => "many",
                    PluralCategory::Other => "other",
                };
                assert_eq!(plural.of(number), category, "{number} in {locale}");
            }
        }
    }
}
