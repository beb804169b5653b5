package dev.orysalesforce.settings;

/**
 * Routes that Java calls or names. An integrator may change their steps, but not where they begin; the table in
 * {@code docs/routes-that-java-calls.md} says what each is given and answers.
 */
public final class RouteNames {

    public static final String DESCRIBE_OBJECT = "direct:salesforce.describe";
    public static final String READ = "direct:salesforce.get";
    public static final String API_VERSIONS = "direct:salesforce.versions";
    public static final String READ_EVENT = "direct:mapping.event";
    public static final String MAP_RECORD = "direct:mapping.record";
    public static final String TOKEN_LOGIN = "direct:token.login";
    public static final String TOKEN_INTROSPECTION = "direct:token.introspect";
    public static final String PREVIEW_BODY = "direct:preview.body";
    public static final String DRY_RUN_PAGE = "direct:dry-run.page";
    public static final String DIFF_PAGE = "direct:diff.page";
    public static final String DIFF_BODIES = "direct:diff.bodies";
    public static final String TRY_MAPPING = "direct:try-mapping.sample";
    public static final String OPERATOR_LIST_IDENTITY = "direct:operator.list-identity";
    public static final String DOCTOR_SALESFORCE = "direct:doctor.salesforce";
    public static final String DOCTOR_ORY = "direct:doctor.ory";
    public static final String OPERATOR_RESUME = "direct:operator.resume";
    public static final String OPERATOR_RECONCILE = "direct:operator.reconcile";
    public static final String OPERATOR_DEAD_LETTER = "direct:operator.dead-letter";
    public static final String OPERATOR_REPLAY = "direct:operator.replay";
    public static final String OPERATOR_DISCARD = "direct:operator.discard";
    public static final String OPERATOR_DISCARD_CODE = "direct:operator.discard-code";
    public static final String OPERATOR_SEARCH = "direct:operator.search";
    public static final String OPERATOR_SYNC_IDENTITY = "direct:operator.sync-identity";
    public static final String OPERATOR_TEST_ALERT = "direct:operator.test-alert";
    public static final String OPERATOR_CONFIRM_EDIT = "direct:operator.confirm-edit";
    public static final String OPERATOR_TAKE_BACK = "direct:operator.take-back";
    public static final String ERASE_REQUEST = "direct:erase.request";

    private RouteNames() {}
}
