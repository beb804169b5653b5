package dev.orysalesforce;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Unexpected bodies: samples of webhooks with an error in them. The same ones for the same seed. */
public final class Mutations {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern ID = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");

    /** Stands for a text that no JSON library would write. */
    private static final String RAW = "@raw-%d@";
    private static final List<String> ODD_JSON = List.of("null", "true", "0", "-0.0", "1e400", "1e999999999", "-1e-999999999",
            "0x10", "NaN", "9".repeat(1200), "1.".concat("0".repeat(900)), "[]", "{}", "[".repeat(900) + "]".repeat(900),
            "{\"a\":".repeat(1500) + "1" + "}".repeat(1500), "[".repeat(40_000), "\"\\u0000\"", "\"\\ud800\"", "\"\\uD83D\\uDE00\"",
            "\"\\u202e\\u2028\"", "\"\u0301\u200d\"", "\"\"", "\" \"", "\"" + "x".repeat(70_000) + "\"", "\"${body}\"",
            "\"{{SALESFORCE_CLIENT_SECRET}}\"", "\"${bean:deadLetters}\"", "\"#{T(java.lang.Runtime)}\"", "\"' OR '1'='1\"",
            "\"${jndi:ldap://127.0.0.1:1/a}\"", "\"<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]>\"",
            "\"00000000-0000-0000-0000-000000000000\"", "\"0001-01-01T00:00:00Z\"", "\"9999-12-31T23:59:59.999999999Z\"",
            "\"2026-02-30T25:61:00Z\"", "\"+1000000000-12-31T23:59:59Z\"", "{\"@class\":\"javax.script.ScriptEngineManager\"}",
            "[\"java.util.ArrayList\",[]]", "/* */1", "'a'");
    private static final List<String> ODD_KEYS = List.of("", "identity", "id", "traits", "__proto__", "@class", "$ref", "toString",
            "ctx", "body", "attributes", "onCreate", "Ory_Identity_Id__c", "a".repeat(60_000), "a.b[0]", "\u0000", "\ud83d\ude00");
    private static final List<Charset> CHARSETS = List.of(StandardCharsets.UTF_16, StandardCharsets.UTF_16LE,
            StandardCharsets.ISO_8859_1, Charset.forName("UTF-32"));

    private final Random random;
    private final List<String> samples;
    private final List<String> keys = new ArrayList<>(ODD_KEYS);
    private final List<UnaryOperator<JsonNode>> ofTrees = List.of(this::replaced, this::replaced, this::removed, this::renamed,
            this::moved, this::wrapped);
    private final List<UnaryOperator<byte[]>> ofBytes = List.of(this::flipped, this::cut, this::truncated, this::doubled,
            this::noisy, this::spliced, this::recoded, this::followed);

    /** @param samples valid bodies */
    public Mutations(long seed, List<String> samples) {
        this.random = new Random(seed);
        this.samples = samples;
    }

    /** A field that the org lacks pauses delivery until it is added: that is the contract, not a failure. */
    public Mutations withoutNewFields() {
        keys.removeIf(key -> key.matches("[A-Za-z]\\w*") && !key.equals("Ory_Identity_Id__c") && !key.equals("attributes"));
        return this;
    }

    /** A body of the identity, as far as it can still be recognized. */
    public byte[] next(String identity) {
        JsonNode tree = tree(ID.matcher(any(samples)).replaceAll(identity));
        for (int i = random.nextInt(4); i > 0; i--) {
            tree = any(ofTrees).apply(tree);
        }
        byte[] body = raw(tree.toString()).getBytes(StandardCharsets.UTF_8);
        for (int i = random.nextInt(8) - 5; i > 0; i--) {
            body = any(ofBytes).apply(body);
        }
        return body;
    }

    private JsonNode replaced(JsonNode tree) {
        JsonNode within = anyWithin(tree);
        int odd = random.nextInt(ODD_JSON.size());
        if (within instanceof ObjectNode object && !object.isEmpty()) {
            object.put(anyKey(object), RAW.formatted(odd));
        } else if (within instanceof ArrayNode array && !array.isEmpty()) {
            array.set(random.nextInt(array.size()), new TextNode(RAW.formatted(odd)));
        }
        return tree;
    }

    private JsonNode removed(JsonNode tree) {
        if (anyWithin(tree) instanceof ObjectNode object && !object.isEmpty()) {
            object.remove(anyKey(object));
        }
        return tree;
    }

    private JsonNode renamed(JsonNode tree) {
        if (anyWithin(tree) instanceof ObjectNode object && !object.isEmpty()) {
            object.set(any(keys), object.remove(anyKey(object)));
        }
        return tree;
    }

    private JsonNode moved(JsonNode tree) {
        JsonNode part = anyWithin(tree).deepCopy();
        if (anyWithin(tree) instanceof ObjectNode object && !object.isEmpty()) {
            object.set(anyKey(object), part);
        }
        return tree;
    }

    private JsonNode wrapped(JsonNode tree) {
        return random.nextBoolean() ? JSON.createArrayNode().add(tree) : JSON.createObjectNode().set(any(keys), tree);
    }

    private byte[] flipped(byte[] body) {
        byte[] changed = body.clone();
        for (int i = random.nextInt(8); i >= 0 && changed.length > 0; i--) {
            changed[random.nextInt(changed.length)] ^= (byte) (1 << random.nextInt(8));
        }
        return changed;
    }

    private byte[] cut(byte[] body) {
        int from = random.nextInt(body.length + 1);
        return joined(Arrays.copyOf(body, from), tail(body, Math.min(body.length, from + random.nextInt(64))));
    }

    private byte[] truncated(byte[] body) {
        return Arrays.copyOf(body, random.nextInt(body.length + 1));
    }

    private byte[] doubled(byte[] body) {
        int from = random.nextInt(body.length + 1);
        return joined(Arrays.copyOf(body, from), tail(body, random.nextInt(from + 1)));
    }

    private byte[] noisy(byte[] body) {
        byte[] noise = new byte[1 + random.nextInt(16)];
        random.nextBytes(noise);
        int at = random.nextInt(body.length + 1);
        return joined(joined(Arrays.copyOf(body, at), noise), tail(body, at));
    }

    private byte[] spliced(byte[] body) {
        byte[] other = any(samples).getBytes(StandardCharsets.UTF_8);
        return joined(Arrays.copyOf(body, random.nextInt(body.length + 1)), tail(other, random.nextInt(other.length)));
    }

    private byte[] recoded(byte[] body) {
        return new String(body, StandardCharsets.UTF_8).getBytes(any(CHARSETS));
    }

    private byte[] followed(byte[] body) {
        return joined(body, any(List.of("{}", "\u0000", ",", "\ufeff", "]", "\n\n")).getBytes(StandardCharsets.UTF_8));
    }

    /** Any object or list in the tree, itself included. */
    private JsonNode anyWithin(JsonNode tree) {
        List<JsonNode> containers = new ArrayList<>(List.of(tree));
        for (int i = 0; i < containers.size(); i++) {
            containers.get(i).forEach(child -> {
                if (child.isContainerNode()) {
                    containers.add(child);
                }
            });
        }
        return any(containers);
    }

    private String anyKey(ObjectNode object) {
        List<String> keys = new ArrayList<>();
        object.fieldNames().forEachRemaining(keys::add);
        return any(keys);
    }

    private <T> T any(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }

    private static String raw(String json) {
        return Pattern.compile("\"@raw-(\\d+)@\"").matcher(json)
                .replaceAll(found -> Matcher.quoteReplacement(ODD_JSON.get(Integer.parseInt(found.group(1)))));
    }

    private static JsonNode tree(String json) {
        try {
            return JSON.readTree(json);
        } catch (IOException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static byte[] tail(byte[] bytes, int from) {
        return Arrays.copyOfRange(bytes, from, bytes.length);
    }

    private static byte[] joined(byte[] one, byte[] other) {
        byte[] both = Arrays.copyOf(one, one.length + other.length);
        System.arraycopy(other, 0, both, one.length, other.length);
        return both;
    }
}
