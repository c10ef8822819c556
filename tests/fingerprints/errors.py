"""Errors that learners meet, each another one; `{…}` is what differs from machine to machine."""

# ruff: noqa: E501  # what is printed, as it is printed
from tests.fingerprints.machines import go, java, line, node, pytest, python, rust

_EXECUTE = (
    "django/db/models/query.py:_fetch_all",
    "django/db/backends/utils.py:_execute",
    "django/db/backends/sqlite3/base.py:execute",
)
_SOCKET = ("urllib3/connectionpool.py:urlopen", "requests/adapters.py:send")
_HANDLER = "django/core/handlers/base.py:_get_response"
_EXPRESS = ("express/lib/router/layer.js:Layer.handle", "express/lib/router/index.js:next")
_SPRING = ("org.springframework.boot.SpringApplication.run", "java.base/java.lang.Thread.run")
_FACTORY = "org.springframework.beans.factory.support.ConstructorResolver.resolve"

ERRORS = (
    python("django.db.utils.OperationalError: no such table: auth_user", *_EXECUTE),
    python("django.db.utils.OperationalError: no such column: shop_order.total", *_EXECUTE),
    python("django.db.utils.OperationalError: database is locked", *_EXECUTE),
    python("django.db.utils.IntegrityError: NOT NULL constraint failed: shop_item.name", *_EXECUTE),
    python("django.db.utils.IntegrityError: FOREIGN KEY constraint failed", *_EXECUTE),
    python(
        'psycopg.OperationalError: connection failed: connection to server at "{host}", port {number}'
        " failed: Connection refused",
        "psycopg/connection.py:connect",
    ),
    python(
        "psycopg.OperationalError: connection failed: FATAL:  password authentication failed for user"
        ' "{user}"',
        "psycopg/connection.py:connect",
    ),
    python(
        "requests.exceptions.ConnectionError: HTTPConnectionPool(host='{host}', port={number}): Max "
        "retries exceeded with url: /v1/{number} (Caused by NewConnectionError('<urllib3.connection."
        "HTTPConnection object at {hex}>: Failed to establish a new connection: [Errno 111]'))",
        *_SOCKET,
    ),
    python("requests.exceptions.HTTPError: 404 Client Error: Not Found for url: {url}", *_SOCKET),
    python("requests.exceptions.MissingSchema: Invalid URL '{host}': No scheme supplied", *_SOCKET),
    python("ModuleNotFoundError: No module named 'cv2'"),
    python("ModuleNotFoundError: No module named 'numpy'"),
    python("ModuleNotFoundError: No module named 'django.utils.six'", _HANDLER),
    python(
        "FileNotFoundError: [Errno 2] No such file or directory: '{path}'", "std:pathlib.py:open"
    ),
    python(
        "FileNotFoundError: [Errno 2] No such file or directory: '{path}'", "pandas/io/common.py:g"
    ),
    python("PermissionError: [Errno 13] Permission denied: '{path}'", "std:shutil.py:copyfile"),
    python(
        "json.decoder.JSONDecodeError: Expecting value: line {number} column {number} (char {number})",
        "std:json/__init__.py:loads",
        "std:json/decoder.py:raw_decode",
    ),
    python(
        "KeyError: '{project}'", "pandas/core/frame.py:get", "pandas/core/indexes/base.py:get_loc"
    ),
    python("KeyError: '{project}'", "std:os.py:__getitem__"),
    python("TypeError: 'NoneType' object is not subscriptable"),
    python("TypeError: 'int' object is not subscriptable"),
    python("TypeError: unsupported operand type(s) for +: 'int' and 'str'"),
    python("AttributeError: 'NoneType' object has no attribute '{project}'"),
    python("AttributeError: 'list' object has no attribute '{project}'"),
    python("ValueError: invalid literal for int() with base 10: '{number}px'"),
    python("ValueError: could not convert string to float: '{host}'"),
    python("UnicodeDecodeError: 'utf-8' codec can't decode byte 0xe9 in position {number}"),
    python("RecursionError: maximum recursion depth exceeded while calling a Python object"),
    python("jinja2.exceptions.TemplateNotFound: {project}.html", "jinja2/loaders.py:get_source"),
    python(
        "jinja2.exceptions.UndefinedError: '{project}' is undefined", "jinja2/environment.py:handle"
    ),
    python(
        "django.urls.exceptions.NoReverseMatch: Reverse for '{project}' not found. '{project}' is not a"
        " valid view function or pattern name.",
        "django/urls/resolvers.py:_reverse",
    ),
    python(
        "django.core.exceptions.ImproperlyConfigured: The SECRET_KEY setting must not be empty.",
        "django/conf/__init__.py:__init__",
    ),
    python(
        "redis.exceptions.ConnectionError: Error {number} connecting to {host}:{number}. Connection "
        "refused.",
        "redis/connection.py:connect",
    ),
    python(
        "celery.exceptions.NotRegistered: '{project}.tasks.mail'",
        "celery/worker/consumer.py:on_task",
    ),
    python(
        "sqlalchemy.exc.InvalidRequestError: Object '<User at {hex}>' is already attached to session "
        "'{number}' (this is '{number}')",
        "sqlalchemy/orm/session.py:_before_attach",
    ),
    python(
        "botocore.exceptions.NoCredentialsError: Unable to locate credentials",
        "botocore/auth.py:add",
    ),
    python(
        "torch.cuda.OutOfMemoryError: CUDA out of memory. Tried to allocate {number}.00 MiB (GPU 0)",
        "torch/nn/modules/module.py:_call_impl",
        "torch/nn/functional.py:linear",
    ),
    python(
        "RuntimeError: mat1 and mat2 shapes cannot be multiplied ({number}x{number} and 3x{number})",
        "torch/nn/modules/module.py:_call_impl",
        "torch/nn/functional.py:linear",
    ),
    pytest("fixture.errors.SetupError: the database {uuid} isn't ready", "pluggy_free/db.py:begin"),
    pytest("sqlite3.OperationalError: unable to open database file", "sqlite_free/base.py:connect"),
    pytest(
        "httpx.ConnectError: All connection attempts failed", "httpx/_transports/default.py:handle"
    ),
    node("Error: Cannot find module 'express'\nRequire stack:\n- {path}"),
    node("Error: Cannot find module '@prisma/client'\nRequire stack:\n- {path}"),
    node("TypeError: Cannot read properties of undefined (reading '{project}')", "own:app.js:show"),
    node("TypeError: Cannot read properties of null (reading '{project}')", "own:app.js:show"),
    node("ReferenceError: document is not defined", "own:src/view.js:render"),
    node("TypeError: Router.use() requires a middleware function but got a Object", *_EXPRESS),
    node(
        "Error: listen EADDRINUSE: address already in use :::{number}",
        "node:net:Server.setupListen",
    ),
    node("Error: connect ECONNREFUSED {host}:{number}", "node:net:TCPConnectWrap.afterConnect"),
    node("SyntaxError: Unexpected token < in JSON at position {number}", "own:src/fetch.js:load"),
    node(
        "MongooseServerSelectionError: connect ECONNREFUSED {host}:{number}",
        "mongoose/lib/connection.js:Connection.openUri",
    ),
    node("JsonWebTokenError: jwt malformed", "jsonwebtoken/verify.js:module.exports"),
    node(
        "ValidationError: user validation failed: email: Path `email` is required.",
        "mongoose/lib/document.js:Document.invalidate",
    ),
    java(
        'java.lang.NullPointerException: Cannot invoke "String.length()" because "<local{number}>" is'
        " null",
        "java.base/java.util.Objects.requireNonNull",
    ),
    java(
        "java.lang.ArrayIndexOutOfBoundsException: Index {number} out of bounds for length {number}"
    ),
    java(
        "java.lang.ClassNotFoundException: com.mysql.cj.jdbc.Driver",
        "java.base/java.net.URLClassLoader.findClass",
    ),
    java(
        "java.lang.IllegalStateException: Failed to load ApplicationContext",
        _FACTORY,
        *_SPRING,
        cause="org.springframework.beans.factory.NoSuchBeanDefinitionException: No qualifying bean of type"
        " '{project}.Repository' available",
    ),
    java(
        "org.springframework.context.ApplicationContextException: Unable to start web server",
        *_SPRING,
        cause="java.net.BindException: Address already in use",
    ),
    java(
        "org.hibernate.LazyInitializationException: failed to lazily initialize a collection of role",
        "org.hibernate.collection.spi.AbstractCollection.throwLazy",
    ),
    java(
        "com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException: Unrecognized field "
        '"{project}" (class {project}), not marked as ignorable',
        "com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException.from",
    ),
    go("runtime error: index out of range [{number}] with length {number}"),
    go("runtime error: invalid memory address or nil pointer dereference"),
    go(
        "runtime error: invalid memory address or nil pointer dereference",
        "github.com/gin-gonic/gin.(*Context).Next",
    ),
    go("runtime error: integer divide by zero"),
    go("assignment to entry in nil map"),
    go("dial tcp {host}:{number}: connect: connection refused", "database/sql.(*DB).Ping"),
    go(
        "json: cannot unmarshal string into Go value of type int",
        "encoding/json.(*decodeState).object",
    ),
    rust("called `Option::unwrap()` on a `None` value"),
    rust(
        'called `Result::unwrap()` on an `Err` value: Os {{ code: {number}, kind: NotFound, message: "No '
        'such file" }}'
    ),
    rust("index out of bounds: the len is {number} but the index is {number}"),
    rust("attempt to subtract with overflow"),
    rust(
        "there is no reactor running, must be called from the context of a Tokio 1.x runtime",
        "tokio/runtime/context.rs",
    ),
    rust("already borrowed: BorrowMutError", "yew/html/scope.rs"),
    line("error[E0382]: borrow of moved value: `{project}`"),
    line(
        "error[E0502]: cannot borrow `{project}` as mutable because it is also borrowed as immutable"
    ),
    line(
        "src/{project}.ts({number},{number}): error TS2345: Argument of type 'string' is not assignable to"
        " parameter of type 'number'."
    ),
    line("src/{project}.ts({number},{number}): error TS2304: Cannot find name '{project}'."),
    line("{path}.c:{number}:{number}: error: '{project}' undeclared (first use in this function)"),
    line(
        "src/{project}.c:{number}:{number}: fatal error: openssl/ssl.h: No such file or directory"
    ),
    line("src/Main{number}.java:{number}: error: cannot find symbol"),
    line(
        "src/Main{number}.java:{number}: error: incompatible types: String cannot be converted to int"
    ),
    line("./main.go:{number}:{number}: undefined: fmt.Printline"),
    line("./main.go:{number}:{number}: declared and not used: x"),
    line("fatal: not a git repository (or any of the parent directories): .git"),
    line("fatal: Authentication failed for '{url}'"),
    line("error: failed to push some refs to '{url}'"),
    line(
        "ERROR: Could not find a version that satisfies the requirement tensorflow (from versions: none)"
    ),
    line("npm ERR! ERESOLVE unable to resolve dependency tree"),
    line("error: externally-managed-environment, see {path} for more"),
    line("E: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process {number}"),
    line('psql: error: FATAL:  role "{user}" does not exist'),
)
