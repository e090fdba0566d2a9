using System.Collections.Frozen;
using System.Linq.Expressions;
using System.Reflection;
using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Metadata;

namespace Salus.Kernel.Data;

/// <summary>
/// Refuses a query, once when it is first built, that would compare, search, sort, group or put together texts that the database holds encrypted: it would find nothing, or show
/// what nobody can read. Whether one is empty may be asked.
/// </summary>
internal sealed class SealedQueries : IQueryExpressionInterceptor
{
    public static SealedQueries Instance { get; } = new();
    private static readonly ConditionalWeakTable<IModel, FrozenSet<(Type?, string)>> Known = [];
    private static readonly FrozenSet<string> ByValue = ["OrderBy", "OrderByDescending", "ThenBy", "ThenByDescending", "GroupBy", "Join", "Max", "Min", "MaxBy", "MinBy", "DistinctBy"];

    public Expression QueryCompilationStarting(Expression queryExpression, QueryExpressionEventData eventData)
    {
        if (eventData.Context is { } context) new Walk(Known.GetValue(context.Model, Of)).Visit(queryExpression);
        return queryExpression;
    }

    private static FrozenSet<(Type?, string)> Of(IModel model) =>
        model.GetEntityTypes().SelectMany(e => e.GetProperties()).Where(p => p.IsSealed() && p.PropertyInfo is not null).Select(p => (p.PropertyInfo!.DeclaringType, p.Name)).ToFrozenSet();

    private sealed class Walk(FrozenSet<(Type?, string)> columns) : ExpressionVisitor
    {
        protected override Expression VisitBinary(BinaryExpression node)
        {
            if (node.NodeType is ExpressionType.Equal or ExpressionType.NotEqual ? !IsEmpty(node.Left) && !IsEmpty(node.Right) : node.NodeType != ExpressionType.Coalesce) Refuse(node.Left, node.Right);
            return base.VisitBinary(node);
        }

        protected override Expression VisitConditional(ConditionalExpression node)
        {
            if (!IsEmpty(node.IfTrue) && !IsEmpty(node.IfFalse)) Refuse(node.IfTrue, node.IfFalse);
            return base.VisitConditional(node);
        }

        protected override Expression VisitMember(MemberExpression node)
        {
            Refuse(node.Expression); // such as its length
            return base.VisitMember(node);
        }

        protected override Expression VisitMethodCall(MethodCallExpression node)
        {
            Refuse(node.Object);
            if (node.Method.DeclaringType == typeof(string) || node.Method.DeclaringType == typeof(DbFunctionsExtensions) || node.Method.Name == "Contains") Refuse([.. node.Arguments]);
            if (node.Method.DeclaringType is { } of && (of == typeof(Queryable) || of == typeof(Enumerable)) && ByValue.Contains(node.Method.Name))
                foreach (var argument in node.Arguments) Refuse(argument is UnaryExpression { Operand: LambdaExpression quoted } ? quoted.Body : (argument as LambdaExpression)?.Body);
            return base.VisitMethodCall(node);
        }

        private static bool IsEmpty(Expression node) => node is ConstantExpression { Value: null or "" };

        private void Refuse(params Expression?[] parts)
        {
            foreach (var part in parts)
                if (part is MemberExpression { Member: PropertyInfo property } && columns.Contains((property.DeclaringType, property.Name)))
                    throw new InvalidOperationException($"{property.DeclaringType!.Name}.{property.Name} is sealed: the database cannot compare, search, sort or join it.");
        }
    }
}
